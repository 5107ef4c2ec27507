#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "reach/targets.h"
#include "listed.h"
#include "said.h"

#define REPORT "test_nmap_xml.xml"
#define NMAP "/usr/bin/nmap"

#define RUN "<nmaprun scanner=\"nmap\">\n"
#define HEAD                                           \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<!DOCTYPE nmaprun>\n"                         \
	"<?xml-stylesheet href=\"nmap.xsl\" type=\"text/xsl\"?>\n" RUN
#define PORT(protocol, port, state)                                                 \
	"<port protocol=\"" protocol "\" portid=\"" port "\"><state state=\"" state \
	"\"/></port>"
#define ADDRESS(kind, address) "<address addr=\"" address "\" addrtype=\"" kind "\"/>"
#define HOST(kind, address, port, state)                                      \
	"<host><status state=\"up\"/>" ADDRESS(kind, address) "<ports>" PORT( \
	    "tcp", port, state) "</ports></host>\n"
#define TAIL "<runstats><finished/></runstats></nmaprun>\n"

static int
end(void **state)
{
	(void)remove(REPORT);
	return said_end(state);
}

static void
put_report(const char *xml, size_t len)
{
	FILE *f = fopen(REPORT, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(xml, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* The targets that a report gives, with blanks. */
static const char *
taken_from(const char *path)
{
	struct targets *t = NULL;

	assert_int_equal(targets_new(&t), OK);
	assert_int_equal(targets_add_nmap_xml(t, path), OK);
	return listed(t);
}

static const char *
taken(const char *xml)
{
	put_report(xml, strlen(xml));
	return taken_from(REPORT);
}

static const char *
refused_from(const char *path)
{
	struct targets *t = NULL;

	assert_int_equal(targets_new(&t), OK);
	assert_int_equal(targets_add_nmap_xml(t, path), ERR_REFUSED);
	assert_int_equal(targets_count(t), 0);
	targets_free(t);
	return said();
}

/* It is refused, in one line, and that line says `why`. */
static void
is_refused(const char *xml, const char *why)
{
	put_report(xml, strlen(xml));
	const char *line = refused_from(REPORT);

	assert_non_null(strstr(line, why));
	assert_non_null(strstr(line, REPORT));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void
open_445_and_139_are_targets(void **state)
{
	(void)state;
	assert_string_equal(
	    taken(HEAD HOST("ipv4", "10.0.0.1", "445", "open")
	              HOST("ipv4", "10.0.0.2", "139", "open")
	                  HOST("ipv6", "2001:db8::3", "445", "open")
	                      HOST("ipv4", "10.0.0.4", "445", "closed")
	                          HOST("ipv4", "10.0.0.5", "445", "open|filtered")
	                              HOST("ipv4", "10.0.0.6", "80", "open") TAIL),
	    "10.0.0.1 10.0.0.2 2001:db8::3");
	assert_string_equal(said(), "");
}

static void
a_hardware_address_is_no_target(void **state)
{
	static const char xml[] = HEAD "<host>" ADDRESS("mac", "02:00:00:00:00:01")
	    ADDRESS("ipv4", "10.0.0.9") "<ports>" PORT("tcp", "445",
	                                               "open") "</ports></host>" TAIL;

	(void)state;
	assert_string_equal(taken(xml), "10.0.0.9");
}

static void
udp_and_other_places_do_not_count(void **state)
{
	static const char xml[] = HEAD
	    "<host>" ADDRESS("ipv4", "10.0.0.1") "<ports>" PORT(
		"udp", "139",
		"open") "</ports></host>"
			"<hosthint>" ADDRESS("ipv4", "10.0.0.2") "</hosthint>" TAIL;

	(void)state;
	assert_string_equal(taken(xml), "");
	assert_string_equal(said(),
	                    "confine: none of the 1 hosts in test_nmap_xml.xml has "
	                    "port 445 or 139 open; let nmap ask these ports\n");
}

/* At every length: never a host that is not complete, and never silence. */
static void
a_report_that_was_cut_gives_its_complete_hosts(void **state)
{
	static const char whole[] = HEAD HOST("ipv4", "10.0.0.1", "445", "open")
	    HOST("ipv4", "10.0.0.2", "445", "open") TAIL;
	size_t in_head = strlen(HEAD) - strlen(RUN);
	const char *first_end = strstr(whole, "</host>");
	const char *second_end = strstr(first_end + 1, "</host>");

	(void)state;
	for (size_t len = strlen(HEAD); len < sizeof whole - 2; len += 3) {
		put_report(whole, len);
		const char *want = whole + len >= second_end + 7  ? "10.0.0.1 10.0.0.2"
		                   : whole + len >= first_end + 7 ? "10.0.0.1"
		                                                  : "";
		assert_string_equal(taken_from(REPORT), want);
		assert_non_null(strstr(said(), "ends too early"));
	}
	put_report(whole, in_head);
	assert_non_null(strstr(refused_from(REPORT), "cannot take targets"));
}

static void
what_is_no_report_of_nmaps_is_refused(void **state)
{
	char *deep = malloc(100 * 3 + 1);

	(void)state;
	is_refused("", "it is empty");
	is_refused("10.0.0.1\n10.0.0.2\n", "it is not XML");
	is_refused("<html><body/></html>", "not nmap's");
	is_refused(HEAD "<host></hots>" TAIL, "line 5 is not XML");
	is_refused(HEAD TAIL "<more/>", "is not XML");
	for (size_t i = 0; i < 100; i++)
		memcpy(deep + 3 * i, "<a>", 4);
	char *xml = NULL;
	assert_true(asprintf(&xml, HEAD "%s", deep) > 0);
	is_refused(xml, "nested more than 64 deep");
	free(xml);
	free(deep);
}

static void
entities_are_refused_before_they_grow(void **state)
{
	(void)state;
	is_refused(
	    "<?xml version=\"1.0\"?><!DOCTYPE nmaprun [<!ENTITY a \"aaaaaaaaaa\">"
	    "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
	    "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
	    "<nmaprun>&c;</nmaprun>",
	    "declares XML entities");
	is_refused("<!DOCTYPE nmaprun [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
	           "<nmaprun>&e;</nmaprun>",
	           "declares XML entities");
}

static void
an_address_that_is_none_is_refused(void **state)
{
	(void)state;
	is_refused(HEAD HOST("ipv4", "10.0.0.0/8", "445", "open") TAIL,
	           "decoder failed");
	is_refused(HEAD HOST("ipv4", "ward-3", "445", "open") TAIL, "decoder failed");
	is_refused(HEAD HOST("ipv4", "10.0.0.1-9", "445", "open") TAIL,
	           "decoder failed");
	is_refused(HEAD HOST("ipv6", "::1%a/1", "445", "open") TAIL, "decoder failed");
	is_refused(HEAD HOST("ipv4", "224.0.0.1", "445", "open") TAIL, "multicast");
	is_refused(HEAD HOST("ipv6", "fe80::1%nosuch0", "445", "open") TAIL,
	           "an interface of this machine");
}

static void
an_endless_tag_is_refused(void **state)
{
	size_t len = 6u << 20;
	char *xml = malloc(len);

	(void)state;
	memset(xml, 'a', len);
	memcpy(xml, "<nmaprun b=\"", 12);
	put_report(xml, len);
	assert_non_null(strstr(refused_from(REPORT), "more than 4 MB"));
	free(xml);
}

static void
what_is_no_regular_file_is_refused(void **state)
{
	(void)state;
	assert_non_null(strstr(refused_from("no/such.xml"), "No such file"));
	assert_non_null(strstr(refused_from("."), "it is a directory"));
	assert_int_equal(mkfifo(REPORT, 0600), 0);
	assert_non_null(strstr(refused_from(REPORT), "it is no regular file"));
	assert_non_null(strstr(refused_from("/dev/zero"), "it is no regular file"));
}

static void
a_sparse_giant_is_refused_at_once(void **state)
{
	(void)state;
	put_report("", 0);
	assert_int_equal(truncate(REPORT, 4LL << 30), 0);
	assert_non_null(strstr(refused_from(REPORT), "it is not XML"));
}

static void
a_minus_is_standard_input(void **state)
{
	static const char xml[] = HEAD HOST("ipv4", "10.0.0.1", "445", "open") TAIL;
	int before = dup(STDIN_FILENO);

	(void)state;
	put_report(xml, sizeof xml - 1);
	int fd = open(REPORT, O_RDONLY);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	assert_string_equal(taken_from("-"), "10.0.0.1");
	dup2(before, STDIN_FILENO);
	close(before);
}

static void
ten_thousand_hosts_come_through(void **state)
{
	struct targets *t = NULL;
	FILE *f = fopen(REPORT, "w");

	(void)state;
	assert_non_null(f);
	fputs(HEAD, f);
	for (unsigned i = 0; i < 10000; i++)
		fprintf(f, HOST("ipv4", "10.0.%u.%u", "445", "open"), i >> 8, i & 255);
	fputs(TAIL, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(targets_new(&t), OK);
	assert_int_equal(targets_add_nmap_xml(t, REPORT), OK);
	assert_int_equal(targets_count(t), 10000);
	targets_free(t);
}

/* Lets the installed nmap look at one loopback address and write REPORT. */
static void
run_nmap(const char *address)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		execl(NMAP, "nmap", "-n", "-Pn", "-sT", "-p139,445", "--host-timeout",
		      "20s", "-oX", REPORT, address, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
a_report_that_nmap_writes_here_is_read(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(445) };
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_int_equal(inet_pton(AF_INET, "127.83.19.2", &at.sin_addr), 1);
	if (access(NMAP, X_OK) != 0 ||
	    bind(server, (const struct sockaddr *)&at, sizeof at) != 0) {
		close(server);
		skip(); /* no nmap, or no right to the port */
	}
	assert_int_equal(listen(server, 8), 0);
	run_nmap("127.83.19.2-3");
	close(server);
	assert_string_equal(taken_from(REPORT), "127.83.19.2");
}

#define XML_TEST(f) cmocka_unit_test_setup_teardown(f, said_begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		XML_TEST(open_445_and_139_are_targets),
		XML_TEST(a_hardware_address_is_no_target),
		XML_TEST(udp_and_other_places_do_not_count),
		XML_TEST(a_report_that_was_cut_gives_its_complete_hosts),
		XML_TEST(what_is_no_report_of_nmaps_is_refused),
		XML_TEST(entities_are_refused_before_they_grow),
		XML_TEST(an_address_that_is_none_is_refused),
		XML_TEST(an_endless_tag_is_refused),
		XML_TEST(what_is_no_regular_file_is_refused),
		XML_TEST(a_sparse_giant_is_refused_at_once),
		XML_TEST(a_minus_is_standard_input),
		XML_TEST(ten_thousand_hosts_come_through),
		XML_TEST(a_report_that_nmap_writes_here_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
