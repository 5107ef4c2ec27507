#include "wire/smb_turns.h"

#include "base/when.h"

void
smb_system_say(struct said *to, const struct said *from)
{
	if (said_is_empty(to))
		*to = *from;
}

void
smb_system_challenge(struct smb_system *system, const struct ntlm_challenge *c)
{
	smb_system_say(&system->name, &c->computer);
	smb_system_say(&system->domain, &c->domain);
	smb_system_say(&system->dns_name, &c->dns_computer);
	smb_system_say(&system->dns_domain, &c->dns_domain);
	system->has_version = c->has_version;
	system->major = c->major;
	system->minor = c->minor;
	system->build = c->build;
	if (!system->has_time && c->filetime != 0) {
		system->has_time = true;
		system->time_ms = when_from_filetime(c->filetime);
	}
}
