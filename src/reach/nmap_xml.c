/*
 * The child reads XML with expat, as a stream, and writes an address for each
 * host as soon as its </host> has come:
 *
 *     length (1 byte, not 0), address as text        as often as needed
 *     0, ending, line (4 bytes, little endian), hosts (4 bytes)
 *
 * Nothing follows the ending.  A document type with entities is never read on:
 * nmap writes none, and they are how a small file becomes a big one.
 */
#include "reach/nmap_xml.h"

#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/own.h"
#include "base/span.h"
#include "base/text.h"
#include "reach/cage.h"
#include "sys/address.h"

#define CHUNK 65536
#define DEPTH_MOST 64         /* nmap's own deepest, tables in scripts: about 12 */
#define TOKEN_MOST (4u << 20) /* the longest script output seen is far below 1 MB */
#define XML_SECONDS 900       /* 4 GB at 10 MB/s would take half of it */
#define XML_MEMORY (128u << 20)
#define XML_OUTPUT (32u << 20) /* two million hosts */

enum ending {
	ENDING_WHOLE = 1,
	ENDING_CUT, /* the file ends too early */
	ENDING_EMPTY,
	ENDING_ALIEN, /* XML, but not nmap's */
	ENDING_ENTITY,
	ENDING_DEEP,
	ENDING_LONG,
	ENDING_BROKEN, /* no XML */
	ENDING_UNREAD, /* the file could not be read */
};

struct reader {
	XML_Parser xml;
	int out_fd;
	struct buf out;
	bool moved; /* since the last chunk something was complete */
	unsigned depth;
	enum ending ending; /* 0 while all is well */
	uint32_t hosts;
	char address[ADDRESS_ROOM];
	bool on_port; /* in <port> of TCP 445 or 139 */
	bool is_open;
};

static void
stop(struct reader *r, enum ending ending)
{
	if (!r->ending)
		r->ending = ending;
	XML_StopParser(r->xml, XML_FALSE);
}

static const char *
attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2) {
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	}
	return "";
}

/* The first address that is not a hardware one. */
static void
take_address(struct reader *r, const char **attributes)
{
	const char *kind = attribute(attributes, "addrtype");

	if (r->address[0] || (strcmp(kind, "ipv4") != 0 && strcmp(kind, "ipv6") != 0))
		return;
	if (!text_copy(r->address, sizeof r->address, attribute(attributes, "addr")))
		r->address[0] = 0;
}

static bool
is_asked_port(const char **attributes)
{
	const char *port = attribute(attributes, "portid");

	return strcmp(attribute(attributes, "protocol"), "tcp") == 0 &&
	       (strcmp(port, "445") == 0 || strcmp(port, "139") == 0);
}

/* nmaprun / host / address, and nmaprun / host / ports / port / state. */
static void
begin_element(void *arg, const char *name, const char **attributes)
{
	struct reader *r = arg;

	r->moved = true;
	r->depth++;
	if (r->depth > DEPTH_MOST) {
		stop(r, ENDING_DEEP);
	} else if (r->depth == 1 && strcmp(name, "nmaprun") != 0) {
		stop(r, ENDING_ALIEN);
	} else if (r->depth == 2) {
		r->address[0] = 0;
		r->is_open = false;
	} else if (r->depth == 3 && strcmp(name, "address") == 0) {
		take_address(r, attributes);
	} else if (r->depth == 4) {
		r->on_port = strcmp(name, "port") == 0 && is_asked_port(attributes);
	} else if (r->depth == 5 && r->on_port && strcmp(name, "state") == 0) {
		r->is_open |= strcmp(attribute(attributes, "state"), "open") == 0;
	}
}

static void
flush(struct reader *r)
{
	for (size_t sent = 0; sent < r->out.len;) {
		ssize_t got = write(r->out_fd, r->out.at + sent, r->out.len - sent);

		if (got < 0)
			break; /* nobody listens: what comes then does not matter */
		sent += (size_t)got;
	}
	buf_clear(&r->out);
}

static void
end_element(void *arg, const char *name)
{
	struct reader *r = arg;

	r->moved = true;
	if (r->depth-- != 2 || strcmp(name, "host") != 0)
		return;
	r->hosts++;
	if (!r->is_open || !r->address[0])
		return;
	buf_u8(&r->out, (uint8_t)strlen(r->address));
	buf_text(&r->out, r->address);
	if (r->out.len >= CHUNK)
		flush(r);
}

/* Entities are declared within the document type; nmap's has no inside. */
static void
begin_doctype(void *arg, const char *name, const char *system, const char *public,
              int has_inside)
{
	(void)name;
	(void)system;
	(void)public;
	if (has_inside)
		stop(arg, ENDING_ENTITY);
}

/* Text, comments and whatever else we do not use. */
static void
pass_over(void *arg, const char *text, int len)
{
	struct reader *r = arg;

	(void)text;
	(void)len;
	r->moved = true;
}

/* What an error of expat's means for us; `last` when there was no more to read. */
static enum ending
judge_error(struct reader *r, bool last)
{
	enum XML_Error error = XML_GetErrorCode(r->xml);
	bool cut = error == XML_ERROR_NO_ELEMENTS ||
	           error == XML_ERROR_UNCLOSED_TOKEN ||
	           error == XML_ERROR_PARTIAL_CHAR ||
	           error == XML_ERROR_UNCLOSED_CDATA_SECTION;

	if (r->ending)
		return r->ending;
	if (!last || !cut)
		return ENDING_BROKEN;
	if (r->depth > 0)
		return ENDING_CUT;
	return XML_GetCurrentByteIndex(r->xml) <= 0 ? ENDING_EMPTY : ENDING_BROKEN;
}

static enum ending
parse(struct reader *r, int in_fd)
{
	size_t still = 0; /* bytes since something was complete */

	for (;;) {
		void *chunk = XML_GetBuffer(r->xml, CHUNK);
		ssize_t got = chunk ? read(in_fd, chunk, CHUNK) : -1;

		if (!chunk)
			return ENDING_LONG;
		if (got < 0)
			return ENDING_UNREAD;
		if (XML_ParseBuffer(r->xml, (int)got, got == 0) != XML_STATUS_OK)
			return judge_error(r, got == 0);
		if (got == 0)
			return ENDING_WHOLE;
		still = r->moved ? 0 : still + (size_t)got;
		r->moved = false;
		if (still > TOKEN_MOST)
			return ENDING_LONG;
	}
}

/* Runs in the cage. */
static int
decode(int in_fd, int out_fd, void *arg)
{
	struct reader r = { .xml = XML_ParserCreate(NULL), .out_fd = out_fd };

	(void)arg;
	if (!r.xml)
		return 1;
	buf_init(&r.out, 2UL * CHUNK);
	XML_SetUserData(r.xml, &r);
	XML_SetElementHandler(r.xml, begin_element, end_element);
	XML_SetDefaultHandler(r.xml, pass_over);
	XML_SetStartDoctypeDeclHandler(r.xml, begin_doctype);
	r.ending = parse(&r, in_fd);
	buf_u8(&r.out, 0);
	buf_u8(&r.out, (uint8_t)r.ending);
	buf_le32(&r.out, (uint32_t)XML_GetCurrentLineNumber(r.xml));
	buf_le32(&r.out, r.hosts);
	flush(&r);
	buf_free(&r.out);
	XML_ParserFree(r.xml);
	return 0;
}

/* What the child says in the end. */
struct answer {
	struct span addresses; /* each with its length before it */
	enum ending ending;
	uint32_t line;
	uint32_t hosts;
};

/*
 * An address, and nothing that would be a network, a range or a host name.  The
 * interface after % may be one of another machine.
 */
static bool
is_address(const char *text)
{
	struct address parsed;
	char plain[ADDRESS_ROOM];
	size_t len = strcspn(text, "%");

	memcpy(plain, text, len);
	plain[len] = 0;
	if (!address_read(plain, &parsed) || strpbrk(plain, "[]"))
		return false;
	return !text[len] || (parsed.family == 6 && !strpbrk(text, "/, "));
}

/* Takes the next address off; false at the end, or where it is none. */
static bool
next_address(struct span *s, char out[ADDRESS_ROOM])
{
	size_t len = span_u8(s);
	struct span text = span_cut(s, len);

	if (s->bad || len == 0 || len >= ADDRESS_ROOM)
		return false;
	out[span_copy(text, out, ADDRESS_ROOM - 1)] = 0;
	return strlen(out) == len && is_address(out);
}

/* Checks all of it before a single address is used. */
static bool
answer_read(struct span whole, struct answer *out)
{
	char address[ADDRESS_ROOM];
	struct span s = whole;

	while (s.left > 0 && s.at[0] != 0) {
		if (!next_address(&s, address))
			return false;
	}
	out->addresses = span_at(whole, 0, whole.left - s.left);
	(void)span_u8(&s);
	out->ending = (enum ending)span_u8(&s);
	out->line = span_le32(&s);
	out->hosts = span_le32(&s);
	return !s.bad && s.left == 0 && out->ending >= ENDING_WHOLE &&
	       out->ending <= ENDING_UNREAD;
}

static enum err
refuse(const char *path, const char *why)
{
	fprintf(stderr, "confine: cannot take targets from %s: %s\n", path, why);
	return ERR_REFUSED;
}

static const char *
reason(enum ending ending)
{
	static const char *const reasons[] = {
		[ENDING_EMPTY] = "it is empty; name a report that nmap wrote with -oX",
		[ENDING_ALIEN] = "it is XML, but not nmap's; name a report that nmap "
				 "wrote with -oX",
		[ENDING_ENTITY] =
		    "it declares XML entities, which nmap never does; name "
		    "a report as nmap wrote it",
		[ENDING_DEEP] = "its elements are nested more than 64 deep, which nmap "
				"never does; name a report as nmap wrote it",
		[ENDING_LONG] =
		    "it holds a tag or a text of more than 4 MB; name a report "
		    "as nmap wrote it",
		[ENDING_BROKEN] =
		    "it is not XML; name a report that nmap wrote with -oX",
		[ENDING_UNREAD] =
		    "reading failed; look after the disk, or copy the file",
	};

	return reasons[ending];
}

static const char *
odd_reason(enum heard heard)
{
	if (heard == HEARD_NOTHING)
		return "decoding took more than 15 minutes; give a smaller report";
	if (heard == HEARD_SHORT)
		return "more than two million hosts have 445 or 139 open; give a "
		       "smaller report";
	return "the XML decoder failed on it; give a report as nmap wrote it";
}

static enum err
use(const char *path, const struct answer *a, nmap_xml_host *host, void *arg)
{
	struct span s = a->addresses;
	char address[ADDRESS_ROOM];

	if (a->ending == ENDING_BROKEN && a->line > 1) {
		fprintf(stderr,
		        "confine: cannot take targets from %s: line %" PRIu32
		        " is not XML; "
		        "name a report as nmap wrote it\n",
		        path, a->line);
		return ERR_REFUSED;
	}
	if (a->ending != ENDING_WHOLE && a->ending != ENDING_CUT)
		return refuse(path, reason(a->ending));
	if (a->ending == ENDING_CUT)
		fprintf(stderr,
		        "confine: %s ends too early, in line %" PRIu32 "; the %" PRIu32
		        " hosts before that are used\n",
		        path, a->line, a->hosts);
	if (s.left == 0)
		fprintf(stderr,
		        "confine: none of the %" PRIu32
		        " hosts in %s has port 445 or 139 "
		        "open; let nmap ask these ports\n",
		        a->hosts, path);
	while (next_address(&s, address))
		TRY(host(arg, path, address));
	return OK;
}

static enum err
cannot_open(const char *path)
{
	fprintf(stderr,
	        "confine: cannot take targets from %s: %s; name a report that nmap "
	        "wrote with -oX\n",
	        path, strerror(errno));
	return ERR_REFUSED;
}

/* A regular file, opened without waiting for a writer at the other end. */
static enum err
open_report(const char *path, int *fd)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0)
		return cannot_open(path);
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
		return OK;
	close(*fd);
	return refuse(path, S_ISDIR(st.st_mode)
	                        ? "it is a directory; name a file in it"
	                        : "it is no regular file; name one, or - for "
	                          "standard input");
}

static void
own_buf(struct buf *b)
{
	buf_free(b);
}

enum err
nmap_xml_read(const char *path, nmap_xml_host *host, void *arg)
{
	struct cage_work work = {
		decode, STDIN_FILENO, NULL, { XML_SECONDS, XML_MEMORY, XML_OUTPUT }
	};
	bool is_stdin = strcmp(path, "-") == 0;
	OWN(own_buf) struct buf bytes = { 0 };
	enum heard heard = HEARD_ODD;
	struct answer answer;

	buf_init(&bytes, XML_OUTPUT);
	if (is_stdin)
		path = "standard input";
	else
		TRY(open_report(path, &work.in_fd));
	enum err err = cage_run(&work, &bytes, &heard);
	if (err == ERR_SYSTEM)
		err = refuse(path, strerror(errno));
	if (!is_stdin)
		close(work.in_fd);
	TRY(err);
	if (heard != HEARD)
		return refuse(path, odd_reason(heard));
	if (!answer_read(buf_span(&bytes), &answer))
		return refuse(path, odd_reason(HEARD_ODD));
	return use(path, &answer, host, arg);
}
