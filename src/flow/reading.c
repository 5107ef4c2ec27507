#include "flow/reading.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
	[READING_PORT] = "port", [READING_SMB] = "smb",     [READING_SYSTEM] = "system",
	[READING_P2P] = "p2p",   [READING_SWEEP] = "sweep",
};

static const char *const found_names[] = {
	[P2P_FOUND_VALID] = "valid",
	[P2P_FOUND_ECHO] = "echo",
	[P2P_FOUND_BAD_SUM] = "bad-sum",
	[P2P_FOUND_SHORT] = "short",
};

const char *
p2p_found_name(enum p2p_found found)
{
	return found >= P2P_FOUND_VALID && found <= P2P_FOUND_SHORT ? found_names[found]
	                                                            : "";
}

enum reading_kind
reading_kind_from_name(const char *name)
{
	for (size_t i = READING_PORT; i <= READING_SWEEP; i++) {
		if (strcmp(kinds[i], name) == 0)
			return (enum reading_kind)i;
	}
	return (enum reading_kind)0;
}

struct reading *
readings_add(struct readings *all, enum reading_kind kind)
{
	if (all->count == all->room) {
		size_t room = all->room ? all->room * 2 : 1;

		if (all->count >= READINGS_MOST)
			return NULL;
		struct reading *at = realloc(all->at, room * sizeof *at);
		if (!at)
			return NULL;
		all->at = at;
		all->room = room;
	}
	struct reading *r = &all->at[all->count++];
	memset(r, 0, sizeof *r);
	r->kind = kind;
	return r;
}

void
readings_free(struct readings *all)
{
	free(all->at);
	*all = (struct readings){ 0 };
}

const struct reading *
readings_last(const struct readings *all, enum reading_kind kind)
{
	for (size_t i = all->count; i > 0; i--) {
		if (all->at[i - 1].kind == kind)
			return &all->at[i - 1];
	}
	return NULL;
}

static void
pair_said(struct json *j, const char *key, const struct said *said)
{
	if (said_is_empty(said))
		return;
	json_key(j, key);
	json_said(j, said);
}

static void
pair_text(struct json *j, const char *key, const char *text)
{
	if (!text[0])
		return;
	json_key(j, key);
	json_text(j, text);
}

static void
pair_int(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

static void
pair_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

static void
call_json(struct json *j, const char *key, const struct call_reading *c)
{
	json_key(j, key);
	json_open(j, '{');
	pair_text(j, "heard", heard_name(c->heard));
	pair_text(j, "reason", c->reason);
	pair_int(j, "fault", c->fault);
	pair_int(j, "code", c->code);
	pair_int(j, "outbuf", c->outbuf);
	pair_text(j, "stub", c->stub);
	json_close(j, '}');
}

static void
smb_json(struct json *j, const struct smb_reading *s)
{
	pair_bool(j, "guest", s->guest);
	pair_bool(j, "account", s->account);
	pair_bool(j, "died", s->died);
	pair_int(j, "status", s->status);
	pair_said(j, "stage", &s->stage);
	pair_said(j, "pipe", &s->pipe);
	pair_said(j, "address", &s->address);
	call_json(j, "control", &s->control);
	call_json(j, "path", &s->path);
}

static void
system_json(struct json *j, const struct system_reading *s)
{
	pair_said(j, "native_os", &s->native_os);
	pair_said(j, "native_lm", &s->native_lm);
	pair_said(j, "name", &s->name);
	pair_said(j, "domain", &s->domain);
	pair_said(j, "dns_name", &s->dns_name);
	pair_bool(j, "has_version", s->has_version);
	pair_int(j, "major", s->major);
	pair_int(j, "minor", s->minor);
	pair_int(j, "build", s->build);
	pair_int(j, "smb2_dialect", s->smb2_dialect);
	pair_bool(j, "has_time", s->has_time);
	pair_int(j, "skew_s", s->skew_s);
}

static void
p2p_json(struct json *j, const struct p2p_reading *p)
{
	pair_text(j, "found", p2p_found_name(p->found));
	pair_bool(j, "weekly", p->weekly);
	pair_bool(j, "redrawn", p->redrawn);
	pair_bool(j, "swept", p->swept);
	pair_int(j, "week", p->week);
	pair_bool(j, "has_system", p->has_system);
	pair_int(j, "major", p->major);
	pair_int(j, "minor", p->minor);
	pair_int(j, "build", p->build);
	pair_int(j, "bytes", p->bytes);
	pair_text(j, "first", p->first);
}

static void
sweep_json(struct json *j, const struct sweep_reading *s)
{
	pair_int(j, "asked", s->asked);
	pair_int(j, "open", s->open);
	pair_int(j, "silent", s->silent);
	pair_bool(j, "finished", s->finished);
}

void
reading_json(struct json *j, const struct reading *r)
{
	json_open(j, '{');
	pair_text(j, "type", "reading");
	pair_text(j, "kind", kinds[r->kind]);
	json_key(j, "time");
	json_when(j, r->time_ms);
	pair_text(j, "where", r->where);
	pair_text(j, "heard", heard_name(r->heard));
	pair_text(j, "reason", r->reason);
	switch (r->kind) {
	case READING_PORT: break;
	case READING_SMB: smb_json(j, &r->as.smb); break;
	case READING_SYSTEM: system_json(j, &r->as.system); break;
	case READING_P2P: p2p_json(j, &r->as.p2p); break;
	case READING_SWEEP: sweep_json(j, &r->as.sweep); break;
	}
	json_close(j, '}');
}

void
readings_json(struct json *j, const struct readings *all)
{
	json_open(j, '[');
	for (size_t i = 0; i < all->count; i++)
		reading_json(j, &all->at[i]);
	json_close(j, ']');
}
