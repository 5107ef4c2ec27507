/*
 * Writes an .evtx log for the end-to-end tests and the bench, where other programs
 * read it:
 *
 *   evtx_maker FILE COUNT [TASK]
 *
 * COUNT records of all the kinds that the lab writes, no two of them the same.  With
 * TASK: a storm of so many guesses, the success, and a scheduled task of that name.
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

/* As a controller tells of those who log on by Kerberos. */
static void
put_kerberos(struct evtx_write *w, struct evt_logon l, unsigned kind)
{
	static const uint32_t statuses[] = { 0, 6, 0x18 };

	l.status = statuses[kind];
	if (kind < 2)
		evtx_security_ticket(w, &l);
	else
		evtx_security_refused(w, &l);
}

static void
put_kind(struct evtx_write *w, struct evt_logon l, unsigned kind)
{
	struct evt_logon success = l;

	success.status = 0;
	switch (kind) {
	case 1: evtx_security_ntlm(w, &l); return;
	case 2: evtx_security_ntlm(w, &success); return;
	case 3: evtx_security_lockout(w, &l); return;
	case 4: evtx_security_logon(w, &success); return;
	case 5: evtx_security_logoff(w, &success); return;
	case 6:
	case 7:
	case 8: put_kerberos(w, l, kind - 6); return;
	case 9: evtx_security_policy(w, l.time); return;
	case 10: evtx_security_task(w, &l); return;
	default: evtx_security_logon(w, &l);
	}
}

static void
put_event(struct evtx_write *w, unsigned i)
{
	char user[32] = "", workstation[32], task[32];
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
		               .port = (uint16_t)(1024 + i % 60000),
		               .task = task,
		               .command = "defrag.exe C: &amp; exit" };

	if (i % 5)
		(void)snprintf(user, sizeof user, "\xc3\x84rztin%u", i / 7);
	(void)snprintf(task, sizeof task, i % 24 == 10 ? "At%u" : "Defrag %u", i);
	(void)snprintf(workstation, sizeof workstation, "WARD-%u", i % 200);
	put_kind(w, l, i % 12);
}

static void
put_all(struct evtx_write *w, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		w->computer = i < count / 2 ? "MACHINENAME" : "WARD-3";
		put_event(w, i);
	}
}

/* Ten a second, of one account. */
static void
put_storm(struct evtx_write *w, unsigned count, const char *task)
{
	struct evt_logon l = { .type = 3,
		               .user = "Administrator",
		               .domain = "WARDNET",
		               .workstation = "LAB-1",
		               .process = "NtLmSsp ",
		               .package = "NTLM",
		               .address = "10.0.3.7",
		               .port = 1025,
		               .task = task,
		               .command = "rundll32.exe" };

	w->computer = "FILESRV";
	for (unsigned i = 0; i <= count; i++) {
		l.time = TIME + i / 10;
		l.millis = (uint16_t)(i % 10 * 100);
		l.status = i < count ? 0xC000006A : 0;
		evtx_security_logon(w, &l);
	}
	l.time += 5;
	evtx_security_task(w, &l);
}

int
main(int argc, char **argv)
{
	int fd = -1;
	struct evtx_write w = { .put = put, .with = &fd };

	if (argc != 3 && argc != 4)
		return 2;
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return 1;
	unsigned count = (unsigned)strtoul(argv[2], NULL, 10);
	evtx_write_begin(&w);
	if (argc == 4)
		put_storm(&w, count, argv[3]);
	else
		put_all(&w, count);
	enum err err = evtx_write_end(&w);
	return close(fd) != 0 || err != OK;
}
