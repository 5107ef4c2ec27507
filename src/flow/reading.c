#include "flow/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_put.h"

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
call_json(struct json *j, const char *key, const struct call_reading *c)
{
	json_key(j, key);
	json_open(j, '{');
	json_put_text_if(j, "heard", heard_name(c->heard));
	json_put_text_if(j, "reason", c->reason);
	json_put_int(j, "fault", c->fault);
	json_put_int(j, "code", c->code);
	json_put_int(j, "outbuf", c->outbuf);
	json_put_text_if(j, "stub", c->stub);
	json_close(j, '}');
}

static void
smb_json(struct json *j, const struct smb_reading *s)
{
	json_put_bool(j, "guest", s->guest);
	json_put_bool(j, "account", s->account);
	json_put_bool(j, "died", s->died);
	json_put_int(j, "status", s->status);
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
	json_put_bool(j, "has_version", s->has_version);
	json_put_int(j, "major", s->major);
	json_put_int(j, "minor", s->minor);
	json_put_int(j, "build", s->build);
	json_put_int(j, "smb2_dialect", s->smb2_dialect);
	json_put_bool(j, "has_time", s->has_time);
	json_put_int(j, "skew_s", s->skew_s);
}

static void
p2p_json(struct json *j, const struct p2p_reading *p)
{
	json_put_text_if(j, "found", p2p_found_name(p->found));
	json_put_bool(j, "weekly", p->weekly);
	json_put_bool(j, "redrawn", p->redrawn);
	json_put_bool(j, "swept", p->swept);
	json_put_int(j, "week", p->week);
	json_put_bool(j, "has_system", p->has_system);
	json_put_int(j, "major", p->major);
	json_put_int(j, "minor", p->minor);
	json_put_int(j, "build", p->build);
	json_put_int(j, "bytes", p->bytes);
	json_put_text_if(j, "first", p->first);
}

static void
sweep_json(struct json *j, const struct sweep_reading *s)
{
	json_put_int(j, "asked", s->asked);
	json_put_int(j, "open", s->open);
	json_put_int(j, "silent", s->silent);
	json_put_bool(j, "finished", s->finished);
}

void
reading_json(struct json *j, const struct reading *r)
{
	json_open(j, '{');
	json_put_text(j, "type", "reading");
	json_put_text(j, "kind", kinds[r->kind]);
	json_key(j, "time");
	json_when(j, r->time_ms);
	json_put_text_if(j, "where", r->where);
	json_put_text_if(j, "heard", heard_name(r->heard));
	json_put_text_if(j, "reason", r->reason);
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
