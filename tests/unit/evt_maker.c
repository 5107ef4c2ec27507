/*
 * Writes an event log for the end-to-end tests, where other programs read it:
 *
 *   evt_maker [-f] FILE SIZE COUNT [FLUSH]
 *
 * COUNT records of all the kinds that the lab writes, in a file of SIZE bytes, or in
 * one that grows (0).  With FLUSH it is dirty: the header is of before that record.
 * With -f the end of the ring is filled where no record is begun there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/evt_write.h"

#define LOG_MOST (512u << 20)
#define TIME 1240000000u

static void
put_other(struct evt_write *w, unsigned i)
{
	const char *strings[] = { "Messenger", "", "two\r\nlines" };
	const struct evt_order order = { .id = i % 2 ? 0x400007D0u : 538,
		                         .time = TIME + i,
		                         .source = i % 2 ? "Service Control Manager"
		                                         : "SECURITY",
		                         .strings = strings,
		                         .count = 3 };

	evt_write_record(w, &order);
}

static void
put(struct evt_write *w, unsigned i)
{
	char user[32], task[32];
	struct evt_logon l = { .time = TIME + i / 30,
		               .status = i % 5 ? 0xC000006A : 0,
		               .type = 3,
		               .user = user,
		               .domain = "WARDNET",
		               .workstation = "WARD-3",
		               .process = "NtLmSsp ",
		               .package = "NTLM",
		               .address = i % 3 ? "10.0.3.7" : NULL,
		               .port = (uint16_t)(1024 + i % 60000),
		               .task = task,
		               .command = "defrag.exe C:" };

	(void)snprintf(task, sizeof task, i % 24 == 10 ? "At%u" : "Defrag %u", i);
	(void)snprintf(user, sizeof user, "\xc3\x84rztin%u", i / 7);
	switch (i % 12) {
	case 2: evt_write_ntlm(w, &l); return;
	case 4: evt_write_lockout(w, &l); return;
	case 5: evt_write_logon(w, 540, &l); return;
	case 7: evt_write_logon(w, 528, &l); return;
	case 8: evt_write_cleared(w, l.time); return;
	case 9: evt_write_policy(w, l.time, i % 24 == 9, i % 36 == 9); return;
	case 10: evt_write_task(w, &l); return;
	case 11: put_other(w, i / 12); return;
	default: evt_write_logon(w, 529, &l);
	}
}

int
main(int argc, char **argv)
{
	bool fills = argc > 1 && strcmp(argv[1], "-f") == 0;
	struct buf out;

	argc -= fills;
	argv += fills;
	if (argc < 4)
		return 2;
	buf_init(&out, LOG_MOST);
	struct evt_write w = { .out = &out,
		               .size = (uint32_t)strtoul(argv[2], NULL, 10),
		               .is_dirty = argc > 4,
		               .fills = fills };
	unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
	unsigned flush = w.is_dirty ? (unsigned)strtoul(argv[4], NULL, 10) : count;
	evt_write_begin(&w);
	for (unsigned i = 0; i < count; i++) {
		w.computer = i < count / 2 ? "MACHINENAME" : "WARD-3";
		if (i == flush)
			evt_write_flush(&w);
		put(&w, i);
	}
	evt_write_end(&w);
	FILE *f = fopen(argv[1], "wb");
	bool bad = !f || out.bad || fwrite(out.at, 1, out.len, f) != out.len;
	buf_free(&out);
	return (f && fclose(f) != 0) || bad;
}
