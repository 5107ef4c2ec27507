#include "story.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The next word, in quotes or not; "" at the end of the line. */
static void
word(const char **at, char *to, size_t room)
{
	size_t len = 0;
	char end = ' ';

	while (isspace((unsigned char)**at))
		(*at)++;
	if (**at == '"') {
		end = '"';
		(*at)++;
	}
	while (**at && **at != '\n' && **at != end) {
		if (len + 1 < room)
			to[len++] = **at;
		(*at)++;
	}
	if (**at == '"')
		(*at)++;
	to[len] = 0;
}

static enum link
link_named(const char *name)
{
	static const struct {
		const char *name;
		enum link link;
	} links[] = { { "opens", LINK_OPEN },
		      { "refuses", LINK_REFUSED },
		      { "silent", LINK_SILENT },
		      { "unreachable", LINK_UNREACHABLE } };

	for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
		if (strcmp(links[i].name, name) == 0)
			return links[i].link;
	}
	fail_msg("no such link: %s", name);
	return LINK_SILENT;
}

static void
read_say(struct story *s, const char *at, bool again)
{
	static const char *const how[] = {
		[SAY_SILENT] = "silent", [SAY_CLOSES] = "closes", [SAY_DRIPS] = "drips",
		[SAY_SPLIT] = "split",   [SAY_BYTES] = "bytes",   [SAY_ECHO] = "echo",
		[SAY_DONE] = "done"
	};
	struct say say = { .how = SAY_FILE, .again = again };
	char at_word[16];

	word(&at, say.turn, sizeof say.turn);
	word(&at, say.what, sizeof say.what);
	for (size_t i = SAY_SILENT; i <= SAY_DONE; i++) {
		if (strcmp(how[i], say.what) != 0)
			continue;
		say.how = (enum say_how)i;
		word(&at, say.what, sizeof say.what);
	}
	word(&at, at_word, sizeof at_word);
	if (strcmp(at_word, "at") == 0) {
		word(&at, at_word, sizeof at_word);
		say.patch_at = (unsigned)strtoul(at_word, NULL, 10);
		word(&at, say.patch, sizeof say.patch);
	}
	for (unsigned i = 0; i < s->say_count; i++) {
		if (strcmp(s->says[i].turn, say.turn) == 0 &&
		    s->says[i].again == again) {
			s->says[i] = say;
			return;
		}
	}
	assert_true(s->say_count < LINES_MOST);
	s->says[s->say_count++] = say;
}

static void
read_port(struct story *s, const char *at)
{
	char text[32];

	word(&at, text, sizeof text);
	unsigned port = (unsigned)strtoul(text, NULL, 10);
	word(&at, text, sizeof text);
	for (unsigned i = 0; i < s->port_count; i++) {
		if (s->ports[i].port == port) {
			s->ports[i].link = link_named(text);
			return;
		}
	}
	assert_true(s->port_count < 8);
	s->ports[s->port_count++] = (struct port_line){ port, link_named(text) };
}

static void read_into(struct story *s, const char *path);

static void
read_line(struct story *s, const char *at)
{
	char key[32];
	char value[256];

	word(&at, key, sizeof key);
	if (key[0] == 0 || key[0] == '#')
		return;
	if (strcmp(key, "says") == 0 || strcmp(key, "again") == 0) {
		read_say(s, at, key[0] == 'a');
		return;
	}
	if (strcmp(key, "port") == 0) {
		read_port(s, at);
		return;
	}
	word(&at, value, sizeof value);
	if (strcmp(key, "as") == 0) {
		char path[512];

		snprintf(path, sizeof path, "%s/stories/%s.story", TEST_DATA, value);
		read_into(s, path);
		s->within_ms = 0; /* of that story only */
	} else if (strcmp(key, "p2p") == 0) {
		s->p2p = link_named(value);
	} else if (strcmp(key, "with") == 0) {
		s->with_p2p = true;
	} else if (strcmp(key, "within") == 0) {
		s->within_ms = strtoll(value, NULL, 10);
	} else if (strcmp(key, "expect") == 0) {
		s->state = state_from_name(value);
		assert_true(s->state != 0);
		word(&at, s->trace, sizeof s->trace);
	} else {
		fail_msg("%s: no such line: %s", s->name, key);
	}
}

static void
read_into(struct story *s, const char *path)
{
	char line[1024];
	FILE *f = fopen(path, "r");

	if (!f)
		fail_msg("cannot open %s", path);
	while (fgets(line, sizeof line, f))
		read_line(s, line);
	fclose(f);
}

void
story_read(const char *path, struct story *out)
{
	const char *name = strrchr(path, '/');

	memset(out, 0, sizeof *out);
	snprintf(out->name, sizeof out->name, "%s", name ? name + 1 : path);
	out->p2p = LINK_SILENT;
	read_into(out, path);
	assert_true(out->state != 0);
}
