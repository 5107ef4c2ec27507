#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>

#include "lab/disk.h"
#include "lab/lab.h"
#include "lab/logs.h"

#define PORT_MOST 65535
#define LAB_PORT 4445 /* needs no root */
#define FILES_MOST 200000

struct lab_options {
	uint64_t seed;
	struct lab_order up;
	struct disk_wish disk;
};

#define UP(member) offsetof(struct lab_options, up.member)
#define DISK(member) offsetof(struct lab_options, disk.member)

static const struct option_row rows[] = {
	{ "seed", 0, OPTION_NUMBER, offsetof(struct lab_options, seed), 0, 0, "N",
	  "another number, another network or disk (1)" },
	{ "range", 0, OPTION_TEXT, UP(range), 0, 0, "CIDR",
	  "up: the addresses of the network: of 127.0.0.0/8, or ::1" },
	{ "respond", 0, OPTION_TEXT, UP(respond), 0, 0, "PART",
	  "up: the part of them that answers, 0 to 1 (0.1)" },
	{ "mix", 0, OPTION_TEXT, UP(mix), 0, 0, "KIND=N,...",
	  "up: kinds of hosts and their weights; a wrong kind gets the list of all" },
	{ "port", 0, OPTION_NUMBER, UP(port), 1, PORT_MOST, "N",
	  "up: the port for SMB (4445)" },
	{ "nbt-port", 0, OPTION_NUMBER, UP(netbios_port), 0, PORT_MOST, "N",
	  "up: the port for NetBIOS sessions, 0 for none (139 with --port 445)" },
	{ "nbstat-port", 0, OPTION_NUMBER, UP(nbstat_port), 0, PORT_MOST, "N",
	  "up: the UDP port for NetBIOS names (137 with --port 445)" },
	{ "p2p", 0, OPTION_FLAG, UP(p2p), 0, 0, NULL,
	  "up: infected hosts answer on their peer-to-peer ports too" },
	{ "truth", 0, OPTION_TEXT, UP(truth), 0, 0, "FILE",
	  "up: write what every host is: ip,kind,state" },
	{ "seconds", 0, OPTION_NUMBER, UP(seconds), 1, 86400 * 7, "N",
	  "up: stop after so many seconds" },
	{ "windows", 0, OPTION_TEXT, DISK(windows), 0, 0, "2000|xp|2003|vista|2008|7",
	  "disk: which Windows is on it (xp)" },
	{ "variant", 0, OPTION_TEXT, DISK(variant), 0, 0, "A|B|D",
	  "disk: which variant's traces are on it (B)" },
	{ "clean", 0, OPTION_FLAG, DISK(clean), 0, 0, NULL,
	  "disk: the same machine without the worm's traces" },
	{ "files", 0, OPTION_NUMBER, DISK(more_files), 1, FILES_MOST, "N",
	  "disk: so many more files, and hives as large as a used machine's" },
};

static int
complain(const char *what)
{
	fprintf(stderr, "confine lab%s\n", what);
	return 2;
}

static int
up(const struct lab_options *o, char **words, size_t count)
{
	if (count > 0) {
		fprintf(stderr, "confine lab up: %s is one word too many\n", words[0]);
		return 2;
	}
	if (!o->up.range)
		return complain(" up: --range is missing; for example --range "
		                "127.7.0.0/16");
	if (o->disk.windows || o->disk.variant || o->disk.clean || o->disk.more_files)
		return complain(" up: --windows, --variant, --clean and --files are "
		                "for confine lab disk");
	return lab_up(&o->up) == OK ? 0 : 2;
}

static int
disk(const struct lab_options *o, char **words, size_t count)
{
	if (count != 1)
		return complain(" disk: name one folder to make it in: confine lab "
		                "disk DIR");
	if (o->up.range || o->up.mix || o->up.truth || o->up.seconds || o->up.p2p)
		return complain(" disk: --range, --mix, --truth, --seconds and --p2p "
		                "are for confine lab up");
	if (o->disk.clean && o->disk.variant)
		return complain(" disk: --clean and --variant are not taken together");
	return lab_disk(words[0], &o->disk) == OK ? 0 : 2;
}

static int
logs(const struct lab_options *o, char **words, size_t count)
{
	if (count != 1)
		return complain(" logs: name one folder to make them in: confine lab "
		                "logs DIR");
	if (o->up.range || o->up.mix || o->up.truth || o->up.seconds || o->up.p2p ||
	    o->disk.windows || o->disk.variant || o->disk.clean || o->disk.more_files)
		return complain(" logs: --seed is the only option that it takes");
	return lab_logs(words[0], o->seed) == OK ? 0 : 2;
}

static const struct {
	const char *name;
	int (*run)(const struct lab_options *, char **words, size_t count);
} subcommands[] = {
	{ "up", up },
	{ "disk", disk },
	{ "logs", logs },
};
#define SUBCOMMANDS (sizeof subcommands / sizeof *subcommands)

static int
run(int argc, char **argv)
{
	struct lab_options o = {
		.seed = 1,
		.up = { .respond = "0.1",
		        .port = LAB_PORT,
		        .netbios_port = LAB_PORT_USUAL,
		        .nbstat_port = LAB_PORT_USUAL },
	};
	char *words[argc + 1];
	size_t count = 0;
	int code = options_read(&cmd_lab, argv, &o, words, &count);

	if (code != OPTIONS_GO_ON)
		return code;
	o.up.seed = o.seed;
	o.disk.seed = o.seed;
	for (size_t i = 0; count > 0 && i < SUBCOMMANDS; i++) {
		if (strcmp(words[0], subcommands[i].name) == 0)
			return subcommands[i].run(&o, words + 1, count - 1);
	}
	return complain(": say what to do: confine lab up --range 127.7.0.0/16, "
	                "confine lab disk DIR, or confine lab logs DIR");
}

const struct command cmd_lab = {
	.name = "lab",
	.run = run,
	.does = "a simulated network, harmless disks and logs, to try confine on",
	.usage = "lab up|disk|logs [OPTIONS] [DIR]",
	.about =
	    "up serves a network of simulated hosts on loopback addresses: clean "
	    "ones, infected ones by what they answer, Samba, hosts that refuse, and "
	    "hosts that misbehave. They answer and do nothing else; there is nothing "
	    "of the worm in them. Which address answers, and as what, depends on "
	    "--seed and the address alone. One line on standard output says when it "
	    "is ready; it stops on SIGINT or SIGTERM. Addresses outside 127.0.0.0/8 "
	    "and ::1 are refused, except inside a network namespace that is not the "
	    "machine's own.\n"
	    "\n"
	    "disk makes the files and the registry of a Windows in DIR, which is "
	    "empty or not there yet, with what a variant of the worm leaves behind. "
	    "Its files are made from scratch and do nothing: there is no code of the "
	    "worm in them. Some machines also have what only looks like it. DIR may "
	    "be the root of a mounted NTFS volume, which takes attributes, times and "
	    "permissions too. The same options give the same bytes.\n"
	    "\n"
	    "logs makes Security logs in DIR, which is empty or not there yet: of the "
	    "servers of a network of 200 machines, old ones (.evt) and later ones "
	    "(.evtx). One machine guesses passwords, as the worm does. Beside it are "
	    "people who mistype, a service with an old password, and a scanner.",
	.examples =
	    "confine lab up --range 127.7.0.0/16    # 6,500 hosts of a usual mix\n"
	    "confine lab up --range 127.7.0.0/24 --truth t.csv    # and what is what\n"
	    "confine lab up --range 127.7.0.0/24 --mix clean=5,infected-old=2\n"
	    "confine lab disk infected    # a Windows XP with variant B's traces\n"
	    "confine lab disk clean --clean    # its clean twin\n"
	    "confine lab logs logs    # for confine logons logs\n",
	.options = rows,
	.option_count = sizeof rows / sizeof *rows,
};
