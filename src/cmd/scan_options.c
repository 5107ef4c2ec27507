#include "cmd/scan_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "sys/address.h"

/*
 * The pace when nothing is said.  200 connections a second is what a tired
 * switch carries beside its own work (each may cost one ARP broadcast); 1,000
 * hosts in flight are what that pace fills when nobody answers; a host never
 * sees more than one connection of ours at a time.
 */
#define RATE 200
#define PARALLEL 1000
#define P2P_RATE 100
#define CONNECT_MS 3000 /* the kernel sends its SYN again after 1 s */
#define ANSWER_MS 5000  /* of one question; honest ones come in well under 1 s */
#define BUDGET_MS 30000
#define BUDGET_ACCOUNT_MS 60000
#define BUDGET_DEEP_MS 600000
#define GENTLE_RATE 10
#define GENTLE_PARALLEL 4
#define REFUSALS_MOST 3 /* of an account: the worm locks enough of them out */
#define SMB_PORT 445
#define NETBIOS_PORT 139
#define NBSTAT_PORT 137

#define AT(member) offsetof(struct scan_options, member)

/* clang-format off */
static const struct option_row rows[] = {
	{ "quick", 0, OPTION_FLAG, AT(quick), 0, 0, NULL,
	  "port 445 only, and the host's own P2P ports" },
	{ "deep", 0, OPTION_FLAG, AT(deep), 0, 0, NULL,
	  "also the P2P ports, and every other TCP port that answers: minutes a host" },
	{ "ports", 0, OPTION_TEXT, AT(ports), 0, 0, "LIST",
	  "SMB ports in order, N or N/nbt (445,139 unless said)" },
	{ "iL", 0, OPTION_LIST, AT(lists), 0, 0, "FILE",
	  "targets from a list, - for standard input" },
	{ "from-xml", 0, OPTION_LIST, AT(nmap_files), 0, 0, "FILE",
	  "hosts with 445 or 139 open in an nmap XML file" },
	{ "exclude", 0, OPTION_LIST, AT(exclude), 0, 0, "LIST",
	  "never touch these; same forms as targets, commas between" },
	{ "exclude-file", 0, OPTION_LIST, AT(exclude_files), 0, 0, "FILE",
	  "the same from a file" },
	{ "i-own-this-network", 0, OPTION_FLAG, AT(own_network), 0, 0, NULL,
	  "allow more targets than a /8 has" },
	{ "gentle", 0, OPTION_FLAG, AT(gentle), 0, 0, NULL,
	  "for fragile equipment: 10 connections a second, 4 hosts" },
	{ "rate", 0, OPTION_NUMBER, AT(rate), 0, 10000000, "N",
	  "connections a second (200 unless said), 0 for no limit" },
	{ "parallel", 0, OPTION_NUMBER, AT(parallel), 1, 1000000, "N",
	  "hosts in flight (1000 unless said)" },
	{ "timeout", 0, OPTION_NUMBER, AT(timeout_ms), 10, 60000, "MS",
	  "wait for a connection (3000) and for an answer (5000)" },
	{ "retries", 0, OPTION_NUMBER, AT(retries), 0, 10, "N",
	  "more tries where a connection stays silent (0)" },
	{ "per-host-delay", 0, OPTION_NUMBER, AT(per_host_delay_ms), 0, 60000, "MS",
	  "pause between two connections to one host (0)" },
	{ "p2p-rate", 0, OPTION_NUMBER, AT(p2p_rate), 0, 1000000, "N",
	  "hosts a second whose P2P ports are asked (100)" },
	{ "real-ip", 0, OPTION_TEXT, AT(real_ip), 0, 0, "ADDRESS",
	  "the one target's own IPv4 address, where it is behind NAT" },
	{ "nbstat-port", 0, OPTION_NUMBER, AT(nbstat_port), 1, 65535, "N",
	  "UDP port of the NetBIOS name look-up (137)" },
	{ "seed", 0, OPTION_NUMBER, AT(seed), 0, 0, "N",
	  "the order of targets (drawn anew unless said)" },
	{ "shard", 0, OPTION_TEXT, AT(shard), 0, 0, "I/N",
	  "only the I-th of N parts of the targets" },
	{ "user", 0, OPTION_TEXT, AT(user), 0, 0, "NAME",
	  "log on with this account; asks for the password" },
	{ "domain", 0, OPTION_TEXT, AT(domain), 0, 0, "NAME",
	  "the account's domain" },
	{ "password-file", 0, OPTION_TEXT, AT(password_file), 0, 0, "FILE",
	  "its first line is the password" },
	{ NULL, 'A', OPTION_TEXT, AT(account_file), 0, 0, "FILE",
	  "account file: lines username=, password=, domain=" },
	{ "ntlmv1", 0, OPTION_FLAG, AT(ntlmv1), 0, 0, NULL,
	  "log on by NTLMv1: a false host can crack the password" },
	{ "case", 0, OPTION_TEXT, AT(case_path), 0, 0, "FILE",
	  "record into this case" },
	{ "resume", 0, OPTION_FLAG, AT(resume), 0, 0, NULL,
	  "go on with the case's last scan: only hosts without a row" },
	{ "output", 'o', OPTION_LIST, AT(outputs), 0, 0, "FILE",
	  "write there too; the ending tells the format, - is standard output" },
	{ "format", 0, OPTION_TEXT, AT(format), 0, 0, "text|json|csv|xml|html",
	  "of standard output (text on a terminal, else json)" },
	{ "all", 0, OPTION_FLAG, AT(all), 0, 0, NULL,
	  "also a line for every absent host" },
	{ "color", 0, OPTION_TEXT, AT(color), 0, 0, "auto|always|never",
	  "colour in text" },
	{ "no-progress", 0, OPTION_FLAG, AT(no_progress), 0, 0, NULL,
	  "no progress line" },
	{ "quiet", 'q', OPTION_FLAG, AT(quiet), 0, 0, NULL,
	  "say nothing but results and errors" },
	{ "verbose", 'v', OPTION_COUNT, AT(verbose), 0, 0, NULL,
	  "show the evidence below each host" },
};
/* clang-format on */

const struct command cmd_scan = {
	.name = "scan",
	.run = scan_run,
	.does = "look for infected hosts on a network, safely",
	.usage = "scan [OPTIONS] TARGET...",
	.about =
	    "Asks every target two harmless questions that an infected Windows answers "
	    "wrongly, and says for each host whether it is infected, suspect, shows no "
	    "sign, or cannot be told, and why.\n"
	    "Targets are addresses (10.0.0.7, fe80::1%eth0), networks (10.0.0.0/24), "
	    "ranges (10.0.0-3.1-254) or host names. Nothing is changed on any host, no "
	    "account is guessed, and no host sees more than one connection at a time.\n"
	    "The worm's own ports are asked with --quick and --deep. Exit codes: 0 "
	    "nothing found, 1 something infected or suspect, 2 could not be done, 3 "
	    "nothing found but at least one host is unknown.",
	.examples =
	    "confine scan 10.0.0.0/24    # one network, result on the terminal\n"
	    "confine scan 10.0.0.0/16 --case ward.case -o ward.html    # with memory\n"
	    "confine scan --resume --case ward.case    # go on after an interruption\n"
	    "confine scan -iL hosts.txt --exclude 10.0.0.20 --gentle    # with care\n"
	    "confine scan --deep -A account.txt 10.0.0.7    # one host, thoroughly\n",
	.options = rows,
	.option_count = sizeof rows / sizeof *rows,
};

const struct scan_options scan_defaults = {
	.rate = SCAN_NOT_SAID,
	.parallel = SCAN_NOT_SAID,
	.p2p_rate = P2P_RATE,
	.nbstat_port = NBSTAT_PORT,
};

static enum err
refuse(const char *what, const char *text, const char *instead)
{
	fprintf(stderr, "confine: %s \"%s\": %s\n", what, text, instead);
	return ERR_REFUSED;
}

/* One of "445", "139", "4139/nbt"; *at is moved behind it and its comma. */
static bool
read_port(const char **at, struct port_ask *out)
{
	char *end = NULL;

	if (**at < '0' || **at > '9')
		return false;
	unsigned long port = strtoul(*at, &end, 10);
	if (port == 0 || port > 65535)
		return false;
	*out = (struct port_ask){ (uint16_t)port, port == NETBIOS_PORT };
	if (strncmp(end, "/nbt", 4) == 0) {
		out->netbios = true;
		end += 4;
	}
	if (*end != ',' && *end != 0)
		return false;
	*at = *end ? end + 1 : end;
	return true;
}

static enum err
read_ports(const char *text, struct visit_plan *plan)
{
	const char *at = text;

	plan->port_count = 0;
	while (*at) {
		if (plan->port_count == PORTS_MOST)
			return refuse("--ports", text,
			              "more than 8 ports; leave some out");
		if (!read_port(&at, &plan->ports[plan->port_count++]))
			return refuse(
			    "--ports", text,
			    "write numbers with commas, as 445,139 or 4139/nbt");
	}
	if (plan->port_count == 0)
		return refuse("--ports", text, "name at least one port, as 445");
	return OK;
}

static void
usual_ports(const struct scan_options *o, struct visit_plan *plan)
{
	plan->ports[0] = (struct port_ask){ SMB_PORT, false };
	plan->ports[1] = (struct port_ask){ NETBIOS_PORT, true };
	plan->port_count = o->quick ? 1 : 2;
}

static enum err
read_real_ip(const char *text, struct visit_plan *plan)
{
	struct address a;

	if (!address_read(text, &a) || a.family != 4)
		return refuse("--real-ip", text, "write an IPv4 address, as 10.0.0.7");
	plan->has_real = true;
	memcpy(plan->real, a.bytes, sizeof plan->real);
	return OK;
}

enum err
scan_plan(const struct scan_options *o, struct visit_plan *plan)
{
	if (o->quick && o->deep) {
		fprintf(stderr, "confine: --quick and --deep contradict each other; "
		                "leave one out\n");
		return ERR_REFUSED;
	}
	*plan = (struct visit_plan){
		.nbstat_port = (uint16_t)o->nbstat_port,
		.p2p = o->quick || o->deep,
		.deep = o->deep,
		.connect_ms = o->timeout_ms ? (uint32_t)o->timeout_ms : CONNECT_MS,
		.answer_ms = o->timeout_ms ? (uint32_t)o->timeout_ms : ANSWER_MS,
		.retries = (uint32_t)o->retries,
		.budget_ms = BUDGET_MS,
		.login = o->ntlmv1 ? SMB_NTLMV1 : SMB_NTLMV2,
		.refusals_most = REFUSALS_MOST,
	};
	if (o->user || o->account_file)
		plan->budget_ms = BUDGET_ACCOUNT_MS;
	if (o->deep)
		plan->budget_ms = BUDGET_DEEP_MS;
	if (plan->budget_ms < 4 * plan->answer_ms)
		plan->budget_ms = 4 * plan->answer_ms;
	usual_ports(o, plan);
	if (o->ports)
		TRY(read_ports(o->ports, plan));
	if (o->real_ip)
		TRY(read_real_ip(o->real_ip, plan));
	return OK;
}

static uint64_t
said_or(uint64_t said, uint64_t usual)
{
	return said == SCAN_NOT_SAID ? usual : said;
}

enum err
scan_pace(const struct scan_options *o, struct pace *pace)
{
	*pace = (struct pace){
		.rate = said_or(o->rate, o->gentle ? GENTLE_RATE : RATE),
		.parallel = (uint32_t)said_or(o->parallel,
		                              o->gentle ? GENTLE_PARALLEL : PARALLEL),
		.p2p_rate = o->p2p_rate,
		.delay_ms = (uint32_t)o->per_host_delay_ms,
	};
	uint32_t room = engine_room(pace->parallel);
	if (room < pace->parallel && o->parallel != SCAN_NOT_SAID && !o->quiet)
		fprintf(stderr,
		        "confine: only %u hosts in flight, for want of open "
		        "files; raise the limit with ulimit -n\n",
		        (unsigned)room);
	pace->parallel = room;
	return OK;
}

static enum err
add_each(struct targets *t, const struct words *w,
         enum err (*add)(struct targets *, const char *))
{
	for (size_t i = 0; i < w->count; i++)
		TRY(add(t, w->at[i]));
	return OK;
}

/* Commas part the excludes, as nmap has it; octet lists go into a file. */
static enum err
exclude_list(struct targets *t, const char *list)
{
	char spec[256];

	if (strspn(list, ", ") == strlen(list))
		return refuse("--exclude", list,
		              "names nothing; name addresses, or leave it out");
	while (*list) {
		size_t len = strcspn(list, ", ");

		if (len >= sizeof spec)
			return refuse("--exclude", list,
			              "one of its parts is too long");
		memcpy(spec, list, len);
		spec[len] = 0;
		if (len > 0)
			TRY(targets_exclude(t, spec));
		list += len;
		list += strspn(list, ", ");
	}
	return OK;
}

enum err
scan_targets(const struct scan_options *o, char **words, size_t count,
             struct targets *targets)
{
	for (size_t i = 0; i < count; i++)
		TRY(targets_add(targets, words[i]));
	TRY(add_each(targets, &o->lists, targets_add_file));
	TRY(add_each(targets, &o->nmap_files, targets_add_nmap_xml));
	TRY(add_each(targets, &o->exclude, exclude_list));
	TRY(add_each(targets, &o->exclude_files, targets_exclude_file));
	if (targets_count(targets) == 0) {
		fprintf(stderr, "confine: no targets; name addresses or networks, as "
		                "confine scan 10.0.0.0/24\n");
		return ERR_REFUSED;
	}
	if (!targets_is_modest(targets) && !o->own_network) {
		fprintf(stderr, "confine: more targets than a /8 has; say "
		                "--i-own-this-network if you do\n");
		return ERR_REFUSED;
	}
	if (o->real_ip && targets_count(targets) != 1)
		return refuse("--real-ip", o->real_ip, "goes with a single target");
	return OK;
}

enum err
scan_shard(const struct scan_options *o, uint32_t *shard, uint32_t *shards)
{
	char *end = NULL;

	*shard = 0;
	*shards = 1;
	if (!o->shard)
		return OK;
	errno = 0;
	unsigned long part = strtoul(o->shard, &end, 10);
	unsigned long of = *end == '/' ? strtoul(end + 1, &end, 10) : 0;
	if (errno || *end || part == 0 || of == 0 || part > of || of > 65536)
		return refuse("--shard", o->shard,
		              "write 1/4 for the first of four parts");
	*shard = (uint32_t)part - 1;
	*shards = (uint32_t)of;
	return OK;
}
