#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>

#include "lab/lab.h"

#define PORT_MOST 65535
#define LAB_PORT 4445 /* needs no root */

static const struct option_row rows[] = {
	{ "range", 0, OPTION_TEXT, offsetof(struct lab_order, range), 0, 0, "CIDR",
	  "the addresses of the network: of 127.0.0.0/8, or ::1" },
	{ "respond", 0, OPTION_TEXT, offsetof(struct lab_order, respond), 0, 0, "PART",
	  "the part of them that answers, 0 to 1 (0.1)" },
	{ "seed", 0, OPTION_NUMBER, offsetof(struct lab_order, seed), 0, 0, "N",
	  "another number, another network (1)" },
	{ "mix", 0, OPTION_TEXT, offsetof(struct lab_order, mix), 0, 0, "KIND=N,...",
	  "kinds of hosts and their weights; a wrong kind gets the list of all" },
	{ "port", 0, OPTION_NUMBER, offsetof(struct lab_order, port), 1, PORT_MOST, "N",
	  "the port for SMB (4445)" },
	{ "nbt-port", 0, OPTION_NUMBER, offsetof(struct lab_order, netbios_port), 0,
	  PORT_MOST, "N",
	  "the port for NetBIOS sessions, 0 for none (139 with --port 445)" },
	{ "nbstat-port", 0, OPTION_NUMBER, offsetof(struct lab_order, nbstat_port), 0,
	  PORT_MOST, "N", "the UDP port for NetBIOS names (137 with --port 445)" },
	{ "p2p", 0, OPTION_FLAG, offsetof(struct lab_order, p2p), 0, 0, NULL,
	  "infected hosts answer on their peer-to-peer ports too" },
	{ "truth", 0, OPTION_TEXT, offsetof(struct lab_order, truth), 0, 0, "FILE",
	  "write what every host is: ip,kind,state" },
	{ "seconds", 0, OPTION_NUMBER, offsetof(struct lab_order, seconds), 1,
	  86400 * 7, "N", "stop after so many seconds" },
};

static int
run(int argc, char **argv)
{
	struct lab_order order = {
		.respond = "0.1",
		.seed = 1,
		.port = LAB_PORT,
		.netbios_port = LAB_PORT_USUAL,
		.nbstat_port = LAB_PORT_USUAL,
	};
	char *words[argc + 1];
	size_t count = 0;
	int code = options_read(&cmd_lab, argv, &order, words, &count);

	if (code != OPTIONS_GO_ON)
		return code;
	if (count != 1 || strcmp(words[0], "up") != 0) {
		fprintf(stderr, "confine lab: say what to do: confine lab up --range "
		                "127.7.0.0/16\n");
		return 2;
	}
	if (!order.range) {
		fprintf(stderr,
		        "confine lab up: --range is missing; for example --range "
		        "127.7.0.0/16\n");
		return 2;
	}
	return lab_up(&order) == OK ? 0 : 2;
}

const struct command cmd_lab = {
	.name = "lab",
	.run = run,
	.does = "a simulated network to try confine on",
	.usage = "lab up --range CIDR [OPTIONS]",
	.about =
	    "Serves a network of simulated hosts on loopback addresses: clean ones, "
	    "infected ones by what they answer, Samba, hosts that refuse, and hosts "
	    "that misbehave. They answer and do nothing else; there is nothing of "
	    "the worm in them. Which address answers, and as what, depends on --seed "
	    "and the address alone. One line on standard output says when it is "
	    "ready; it stops on SIGINT or SIGTERM.\n"
	    "\n"
	    "Addresses outside 127.0.0.0/8 and ::1 are refused, except inside a "
	    "network namespace that is not the machine's own.",
	.examples =
	    "confine lab up --range 127.7.0.0/16    # 6,500 hosts of a usual mix\n"
	    "confine lab up --range 127.7.0.0/24 --truth t.csv    # and what is what\n"
	    "confine lab up --range 127.7.0.0/24 --mix clean=5,infected-old=2\n",
	.options = rows,
	.option_count = sizeof rows / sizeof rows[0],
};
