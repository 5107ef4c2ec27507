#include "lab/lab.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own.h"
#include "lab/host.h"
#include "lab/net.h"
#include "lab/range.h"
#include "lab/serve.h"
#include "sys/address.h"

#define SMB_PORT 445
#define NETBIOS_PORT 139
#define NBSTAT_PORT 137
#define HOSTS_FIRST 1024

struct hosts {
	struct host *at;
	size_t count;
	size_t room;
};

static void
own_hosts(struct hosts *hosts)
{
	free(hosts->at);
}

static void
own_server(struct server **s)
{
	server_free(*s);
}

static enum err
complain(const char *what)
{
	fprintf(stderr, "confine lab: %s: %s\n", what, strerror(errno));
	return ERR_REFUSED;
}

static enum err
respond_read(const char *text, double *out)
{
	char *end = NULL;

	*out = strtod(text, &end);
	if (end != text && *end == 0 && *out >= 0 && *out <= 1)
		return OK;
	fprintf(
	    stderr,
	    "confine lab: --respond %s: must be a part between 0 and 1, as in 0.1\n",
	    text);
	return ERR_REFUSED;
}

static enum err
hosts_add(struct hosts *hosts, const struct host *host)
{
	if (hosts->count == hosts->room) {
		size_t room = hosts->room ? 2 * hosts->room : HOSTS_FIRST;
		struct host *at = reallocarray(hosts->at, room, sizeof *at);

		if (!at)
			return ERR_MEMORY;
		hosts->at = at;
		hosts->room = room;
	}
	hosts->at[hosts->count++] = *host;
	return OK;
}

/* The first and the last address of 127.0.0.0/8 are broadcast addresses. */
static bool
is_broadcast(const struct address *a)
{
	static const uint8_t first[4] = { 127, 0, 0, 0 };
	static const uint8_t last[4] = { 127, 255, 255, 255 };

	return a->family == 4 &&
	       (memcmp(a->bytes, first, 4) == 0 || memcmp(a->bytes, last, 4) == 0);
}

static enum err
draw_hosts(const struct range *range, const struct draw *draw, struct hosts *out)
{
	struct host host;

	for (uint64_t i = 0; i < range->count; i++) {
		struct address at = range_at(range, i);

		if (!is_broadcast(&at) && host_draw(draw, &at, &host))
			TRY(hosts_add(out, &host));
	}
	if (out->count > 0)
		return OK;
	fprintf(stderr,
	        "confine lab: no address of %s answers with this seed; take a larger "
	        "--range or --respond 1\n",
	        range->text);
	return ERR_REFUSED;
}

/* Is a host among them that can be reached by NetBIOS alone? */
static bool
needs_netbios(const struct hosts *hosts)
{
	for (size_t i = 0; i < hosts->count; i++) {
		if (hosts->at[i].kind->quirks & QUIRKS_NETBIOS_ONLY)
			return true;
	}
	return false;
}

/* The port asked for; the usual one only where we may have it. */
static uint16_t
settle_port(const struct lab_order *order, const struct host *first, uint64_t asked,
            struct door usual)
{
	if (asked != LAB_PORT_USUAL)
		return (uint16_t)asked;
	if (order->port != SMB_PORT)
		return 0;
	usual.address = first->address;
	int fd = net_open(&usual);
	if (fd < 0)
		return 0;
	close(fd);
	return usual.port;
}

static enum err
settle_ports(const struct lab_order *order, const struct hosts *hosts,
             struct order_ports *out)
{
	struct door session = { .transport = NET_TCP, .port = NETBIOS_PORT };
	struct door status = { .transport = NET_UDP, .port = NBSTAT_PORT };

	out->smb = (uint16_t)order->port;
	out->netbios = settle_port(order, hosts->at, order->netbios_port, session);
	out->nbstat = settle_port(order, hosts->at, order->nbstat_port, status);
	if (out->netbios || !needs_netbios(hosts))
		return OK;
	fprintf(stderr,
	        "confine lab: some of these kinds answer on NetBIOS only; name its "
	        "port with --nbt-port\n");
	return ERR_REFUSED;
}

static enum err
write_truth(const char *path, const struct hosts *hosts)
{
	OWN(own_file) FILE *f = fopen(path, "w");
	char address[ADDRESS_ROOM];
	char kind[KIND_ROOM];

	if (!f)
		return complain(path);
	fprintf(f, "ip,kind,state\n");
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host *host = &hosts->at[i];

		address_text(address, &host->address);
		kind_text(kind, host->kind, host->peer);
		fprintf(f, "%s,%s,%s\n", address, kind, host_state(host));
	}
	int failed = ferror(f) | fclose(GIVE(f));
	return failed ? complain(path) : OK;
}

enum err
lab_up(const struct lab_order *order)
{
	OWN(own_hosts) struct hosts hosts = { 0 };
	OWN(own_server) struct server *server = NULL;
	struct order_ports ports = { 0 };
	struct range range;
	struct mix mix;
	struct draw draw = { .seed = order->seed, .mix = &mix, .p2p = order->p2p };

	TRY(range_read(order->range, &range));
	TRY(respond_read(order->respond, &draw.respond));
	TRY(mix_read(order->mix ? order->mix : mix_default, &mix));
	TRY(draw_hosts(&range, &draw, &hosts));
	TRY(settle_ports(order, &hosts, &ports));
	if (server_new(&server) != OK)
		return complain("cannot begin");
	TRY(server_open(server, hosts.at, hosts.count, &ports));
	if (order->truth)
		TRY(write_truth(order->truth, &hosts));
	printf("ready: %zu hosts answer on %s port %" PRIu64 "\n", hosts.count,
	       range.text, order->port);
	if (fflush(stdout) != 0)
		return complain("standard output");
	if (server_run(server, order->seconds) != OK)
		return complain("cannot go on");
	return OK;
}
