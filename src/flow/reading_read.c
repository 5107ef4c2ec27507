/* The way back from JSON: the twin of reading_json in reading.c. */
#include <string.h>

#include "flow/json_read.h"
#include "flow/reading.h"

/* An unsigned number of 1, 2 or 4 bytes, that fits. */
static bool
read_unsigned(void *to, size_t room, const struct json_value *v)
{
	uint32_t number = (uint32_t)v->number;
	uint8_t byte = (uint8_t)number;
	uint16_t two = (uint16_t)number;

	if (v->kind != JSON_INT || v->number < 0 ||
	    (uint64_t)v->number >> (8 * room) != 0)
		return false;
	memcpy(to,
	       room == 1   ? (void *)&byte
	       : room == 2 ? (void *)&two
	                   : &number,
	       room);
	return true;
}

static bool
read_bool(void *to, size_t room, const struct json_value *v)
{
	bool *truth = to;

	(void)room;
	*truth = v->number != 0;
	return v->kind == JSON_BOOL;
}

static bool
read_heard(void *to, size_t room, const struct json_value *v)
{
	enum heard *heard = to;

	(void)room;
	*heard = v->kind == JSON_TEXT ? heard_from_name(v->text) : 0;
	return *heard != 0;
}

static bool
read_kind(void *to, size_t room, const struct json_value *v)
{
	enum reading_kind *kind = to;

	(void)room;
	*kind = v->kind == JSON_TEXT ? reading_kind_from_name(v->text) : 0;
	return *kind != 0;
}

static bool
read_found(void *to, size_t room, const struct json_value *v)
{
	enum p2p_found *found = to;

	(void)room;
	for (*found = P2P_FOUND_VALID; *found <= P2P_FOUND_SHORT; (*found)++) {
		if (v->kind == JSON_TEXT &&
		    strcmp(p2p_found_name(*found), v->text) == 0)
			return true;
	}
	return false;
}

#define CALL(name) \
	offsetof(struct call_reading, name), sizeof((struct call_reading *)0)->name

static bool
read_call(void *to, size_t room, const struct json_value *v)
{
	static const struct json_member members[] = {
		{ "heard", read_heard, CALL(heard), true },
		{ "reason", json_read_text, CALL(reason), false },
		{ "fault", read_unsigned, CALL(fault), false },
		{ "code", read_unsigned, CALL(code), true },
		{ "outbuf", read_unsigned, CALL(outbuf), true },
		{ "stub", json_read_text, CALL(stub), false },
	};

	(void)room;
	return v->kind == JSON_OBJECT &&
	       json_read_object(v->text, members, sizeof members / sizeof *members,
	                        to) == OK;
}

#define MEMBER(name) offsetof(struct reading, name), sizeof((struct reading *)0)->name

static const struct json_member common[] = {
	{ "kind", read_kind, MEMBER(kind), true },
	{ "time", json_read_when, MEMBER(time_ms), true },
	{ "where", json_read_text, MEMBER(where), false },
	{ "heard", read_heard, MEMBER(heard), true },
	{ "reason", json_read_text, MEMBER(reason), false },
};

static const struct json_member smb[] = {
	{ "guest", read_bool, MEMBER(as.smb.guest), false },
	{ "account", read_bool, MEMBER(as.smb.account), false },
	{ "died", read_bool, MEMBER(as.smb.died), false },
	{ "status", read_unsigned, MEMBER(as.smb.status), false },
	{ "stage", json_read_said, MEMBER(as.smb.stage), false },
	{ "pipe", json_read_said, MEMBER(as.smb.pipe), false },
	{ "address", json_read_said, MEMBER(as.smb.address), false },
	{ "control", read_call, MEMBER(as.smb.control), true },
	{ "path", read_call, MEMBER(as.smb.path), true },
};

static const struct json_member system_members[] = {
	{ "native_os", json_read_said, MEMBER(as.system.native_os), false },
	{ "native_lm", json_read_said, MEMBER(as.system.native_lm), false },
	{ "name", json_read_said, MEMBER(as.system.name), false },
	{ "domain", json_read_said, MEMBER(as.system.domain), false },
	{ "dns_name", json_read_said, MEMBER(as.system.dns_name), false },
	{ "has_version", read_bool, MEMBER(as.system.has_version), false },
	{ "major", read_unsigned, MEMBER(as.system.major), false },
	{ "minor", read_unsigned, MEMBER(as.system.minor), false },
	{ "build", read_unsigned, MEMBER(as.system.build), false },
	{ "smb2_dialect", read_unsigned, MEMBER(as.system.smb2_dialect), false },
	{ "has_time", read_bool, MEMBER(as.system.has_time), false },
	{ "skew_s", json_read_int, MEMBER(as.system.skew_s), false },
};

static const struct json_member p2p[] = {
	{ "found", read_found, MEMBER(as.p2p.found), false },
	{ "weekly", read_bool, MEMBER(as.p2p.weekly), false },
	{ "redrawn", read_bool, MEMBER(as.p2p.redrawn), false },
	{ "swept", read_bool, MEMBER(as.p2p.swept), false },
	{ "week", json_read_int, MEMBER(as.p2p.week), false },
	{ "has_system", read_bool, MEMBER(as.p2p.has_system), false },
	{ "major", read_unsigned, MEMBER(as.p2p.major), false },
	{ "minor", read_unsigned, MEMBER(as.p2p.minor), false },
	{ "build", read_unsigned, MEMBER(as.p2p.build), false },
	{ "bytes", read_unsigned, MEMBER(as.p2p.bytes), false },
	{ "first", json_read_text, MEMBER(as.p2p.first), false },
};

static const struct json_member sweep[] = {
	{ "asked", read_unsigned, MEMBER(as.sweep.asked), true },
	{ "open", read_unsigned, MEMBER(as.sweep.open), true },
	{ "silent", read_unsigned, MEMBER(as.sweep.silent), true },
	{ "finished", read_bool, MEMBER(as.sweep.finished), true },
};

enum err
reading_from_json(const char *json, struct reading *out)
{
	static const struct {
		const struct json_member *members;
		size_t count;
	} by_kind[] = {
		[READING_SMB] = { smb, sizeof smb / sizeof *smb },
		[READING_SYSTEM] = { system_members,
		                     sizeof system_members / sizeof *system_members },
		[READING_P2P] = { p2p, sizeof p2p / sizeof *p2p },
		[READING_SWEEP] = { sweep, sizeof sweep / sizeof *sweep },
	};
	struct reading r = { .kind = 0 };

	TRY(json_read_object(json, common, sizeof common / sizeof *common, &r));
	if (r.kind != READING_PORT)
		TRY(json_read_object(json, by_kind[r.kind].members,
		                     by_kind[r.kind].count, &r));
	*out = r;
	return OK;
}

static bool
take_reading(void *into, const struct json_value *v)
{
	struct readings *all = into;
	struct reading r;

	if (v->kind != JSON_OBJECT || reading_from_json(v->text, &r) != OK)
		return false;
	struct reading *added = readings_add(all, r.kind);
	if (added)
		*added = r;
	return added != NULL;
}

enum err
readings_from_json(const char *json, struct readings *out)
{
	*out = (struct readings){ 0 };
	enum err err = json_walk(json, JSON_ARRAY, take_reading, out);
	if (err != OK)
		readings_free(out);
	return err;
}
