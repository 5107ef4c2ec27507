#include "plan_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/own.h"

#define SERVICES "HKLM\\SYSTEM\\ControlSet001\\Services"
#define WORM "C:\\WINDOWS\\system32\\qxkvbn.dll"

static struct change *
add(struct plan *p, enum change_kind kind, const char *target, const char *why)
{
	struct change *c = plan_add(p, kind);

	assert_non_null(c);
	(void)text_copy(c->target, sizeof c->target, target);
	(void)text_copy(c->why, sizeof c->why, why);
	(void)text_copy(c->says, sizeof c->says, "Done so.");
	change_sign(c, why);
	change_sign(c, "file-worm-shape");
	return c;
}

static void
put_text(struct change *c, uint32_t type, const char *text)
{
	c->type = type;
	buf_utf16(&c->after, text);
	buf_le16(&c->after, 0);
}

static void
add_registry(struct plan *p)
{
	struct change *c = add(p, CHANGE_REMOVE_STRING,
	                       "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
	                       "SvcHost",
	                       "netsvcs-member");

	(void)text_copy(c->name, sizeof c->name, "netsvcs");
	(void)text_copy(c->string, sizeof c->string, "qxkvbn");
	(void)text_copy(c->was, sizeof c->was,
	                "9f86d081884c7d659a2feaa0c55ad015"
	                "a3bf4f1b2b0b822cd15d6c15b0f00a08");
	(void)add(p, CHANGE_DELETE_KEY, SERVICES "\\qxkvbn", "service-made-up");
	c = add(p, CHANGE_DELETE_VALUE,
	        "HKU\\S-1-5-21-1-2-3-500\\Software\\Microsoft\\Windows\\"
	        "CurrentVersion\\Run",
	        "run-value");
	(void)text_copy(c->name, sizeof c->name, "kd\xC3\xA9");
	c = add(p, CHANGE_SET_VALUE, SERVICES "\\wuauserv", "service-off");
	(void)text_copy(c->name, sizeof c->name, "Start");
	(void)text_copy(c->from, sizeof c->from, "ControlSet002 has it so.");
	c->type = REG_TYPE_DWORD;
	buf_le32(&c->after, 2);
	c = add(p, CHANGE_SET_VALUE, SERVICES "\\BITS", "service-off");
	(void)text_copy(c->name, sizeof c->name, "ImagePath");
	put_text(c, REG_TYPE_EXPAND_SZ, "%SystemRoot%\\svchost.exe");
	c = add(p, CHANGE_SET_VALUE, SERVICES "\\BITS", "service-off");
	(void)text_copy(c->name, sizeof c->name, "DependOnService");
	put_text(c, REG_TYPE_MULTI_SZ, "rpcss");
	put_text(c, REG_TYPE_MULTI_SZ, "eventlog");
	buf_le16(&c->after, 0);
	(void)add(p, CHANGE_MAKE_KEY, SERVICES "\\wscsvc", "service-gone");
}

static void
add_files(struct plan *p)
{
	struct change *c = add(p, CHANGE_RESET_ACL, WORM, "file-acl");

	(void)text_copy(c->like, sizeof c->like, "C:\\WINDOWS\\system32\\shell32.dll");
	c = add(p, CHANGE_QUARANTINE, WORM, "service-dll");
	c->size = 158000;
	c = add(p, CHANGE_DELETE_TASK, "C:\\WINDOWS\\Tasks\\At1.job", "task-at");
	c->size = 346;
	(void)add(p, CHANGE_REMOVE_FOLDER, "E:\\RECYCLER\\S-5-3-42", "usb-recycler");
	(void)add(p, CHANGE_MAKE_FOLDER, "E:\\autorun.inf", "usb-vaccine");
	c = add(p, CHANGE_MAKE_FILE, "E:\\autorun.inf\\why.txt", "usb-vaccine");
	buf_text(&c->after, "Made by confine.\r\n");
	c = add(p, CHANGE_MAKE_FILE, "E:\\autorun.inf\\bytes", "usb-vaccine");
	buf_put(&c->after, "\0\xFF", 2);
}

struct plan *
plan_sample(void)
{
	struct plan *p = plan_new();

	assert_non_null(p);
	(void)text_copy(p->host, sizeof p->host, "10.0.3.7");
	(void)text_copy(p->computer, sizeof p->computer, "WARD-35");
	(void)text_copy(p->os, sizeof p->os, "Windows XP SP3");
	(void)text_copy(p->called, sizeof p->called, "/mnt/c");
	p->made_ms = 1795375983123;
	add_registry(p);
	add_files(p);
	plan_person(p, "", "Take it off the network until it is patched.");
	plan_person(p, "patch-missing", "Install KB958644.");
	plan_leave(p, "file-odd", "C:\\WINDOWS\\system32\\odd.dll",
	           "One sign only; look at it.");
	return p;
}

static char *
string_of(struct buf *b)
{
	char *text = strdup(buf_string(b));

	assert_false(b->bad);
	assert_non_null(text);
	buf_free(b);
	return text;
}

char *
plan_text(const struct plan *p)
{
	struct buf b;
	struct json j;

	buf_init(&b, PLAN_JSON_MOST);
	json_init(&j, &b);
	plan_json(&j, p);
	return string_of(&b);
}

char *
change_text(const struct change *c)
{
	struct buf b;
	struct json j;

	buf_init(&b, PLAN_JSON_MOST);
	json_init(&j, &b);
	change_json(&j, "10.0.3.7", c);
	return string_of(&b);
}

char *
text_with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	struct buf b;

	assert_non_null(at);
	buf_init(&b, PLAN_JSON_MOST);
	buf_put(&b, text, (size_t)(at - text));
	buf_text(&b, to);
	buf_text(&b, at + strlen(from));
	return string_of(&b);
}
