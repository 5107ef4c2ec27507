/*
 * Writes an .evtx log for the end-to-end tests and the bench, where other programs
 * read it:
 *
 *   evtx_maker FILE COUNT
 *
 * COUNT records of all the kinds that the lab writes, no two of them the same.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lab/evtx_security.h"

#define TIME 1240000000u

static enum err
put(void *with, uint64_t at, struct span bytes)
{
	const int *fd = with;

	return pwrite(*fd, bytes.at, bytes.left, (off_t)at) == (ssize_t)bytes.left
	           ? OK
	           : ERR_SYSTEM;
}

static void
put_event(struct evtx_write *w, unsigned i)
{
	char user[32] = "", workstation[32];
	struct evt_logon l = { .time = TIME + i / 30,
		               .millis = (uint16_t)(i % 30 * 33),
		               .status = i % 5 ? 0xC000006A : 0xC0000234,
		               .type = i % 4 ? 3 : 10,
		               .user = user,
		               .domain = "WARDNET",
		               .workstation = workstation,
		               .process = "NtLmSsp ",
		               .package = "NTLM",
		               .address = i % 3 ? "10.0.3.7" : NULL,
		               .port = (uint16_t)(1024 + i % 60000) };
	struct evt_logon success = l;

	if (i % 5)
		(void)snprintf(user, sizeof user, "\xc3\x84rztin%u", i / 7);
	(void)snprintf(workstation, sizeof workstation, "WARD-%u", i % 200);
	success.status = 0;
	switch (i % 12) {
	case 1: evtx_security_ntlm(w, &l); return;
	case 2: evtx_security_ntlm(w, &success); return;
	case 3: evtx_security_lockout(w, &l); return;
	case 4: evtx_security_logon(w, &success); return;
	case 5: evtx_security_logoff(w, &success); return;
	case 6: evtx_security_ticket(w, &success); return;
	case 7:
		l.status = 6;
		evtx_security_ticket(w, &l);
		return;
	case 8:
		l.status = 0x18;
		evtx_security_refused(w, &l);
		return;
	case 9: evtx_security_policy(w, l.time); return;
	default: evtx_security_logon(w, &l);
	}
}

int
main(int argc, char **argv)
{
	int fd = -1;
	struct evtx_write w = { .put = put, .with = &fd };

	if (argc != 3)
		return 2;
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return 1;
	unsigned count = (unsigned)strtoul(argv[2], NULL, 10);
	evtx_write_begin(&w);
	for (unsigned i = 0; i < count; i++) {
		w.computer = i < count / 2 ? "MACHINENAME" : "WARD-3";
		put_event(&w, i);
	}
	enum err err = evtx_write_end(&w);
	return close(fd) != 0 || err != OK;
}
