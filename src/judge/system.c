#include "judge/system.h"

#include "know/windows.h"

/* "WARD-3.ward.example" where the host gave no short name. */
static const struct said *
name_of(const struct system_reading *s)
{
	return said_is_empty(&s->name) ? &s->dns_name : &s->name;
}

void
judge_system(const struct readings *readings, struct verdict *out)
{
	const struct reading *r = readings_last(readings, READING_SYSTEM);
	struct windows windows;

	if (!r)
		return;
	const struct system_reading *s = &r->as.system;
	struct windows_said said = { .native_os = s->native_os.utf8,
		                     .native_lm = s->native_lm.utf8,
		                     .has_version = s->has_version,
		                     .major = s->major,
		                     .minor = s->minor,
		                     .build = s->build,
		                     .smb2_dialect = s->smb2_dialect };
	if (windows_name(&said, &windows))
		out->os = windows.name;
	out->name = *name_of(s);
	out->domain = s->domain;
	out->has_skew = s->has_time;
	out->skew_s = s->skew_s;
}
