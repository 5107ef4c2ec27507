/* Which Windows, out of the SOFTWARE and SYSTEM hives (patches.md of the
 * specification, section 3; registry evidence E22 to E26). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "look/installation_parts.h"

/* A decimal number at *at, of at most six digits; false where there is none. */
static bool
number_at(const char **at, unsigned *out)
{
	size_t digits = strspn(*at, "0123456789");

	if (digits == 0 || digits > 6)
		return false;
	*out = (unsigned)strtoul(*at, NULL, 10);
	*at += digits;
	return true;
}

static bool
number_of(const struct reg_key *k, const char *name, unsigned *out)
{
	char text[16];
	const char *at = text;

	return reg_text(reg_value(k, name), text, sizeof text) && number_at(&at, out) &&
	       !*at;
}

static bool
has_version(const struct reg_key *k, struct installation *w)
{
	char text[16];
	const char *at = text;
	uint32_t major = 0;
	uint32_t minor = 0;

	/* Windows 10 and later still call themselves 6.3 for old programs. */
	if (reg_u32(reg_value(k, "CurrentMajorVersionNumber"), &major) &&
	    reg_u32(reg_value(k, "CurrentMinorVersionNumber"), &minor)) {
		w->major = major;
		w->minor = minor;
		return true;
	}
	return reg_text(reg_value(k, "CurrentVersion"), text, sizeof text) &&
	       number_at(&at, &w->major) && *at++ == '.' && number_at(&at, &w->minor);
}

static void
read_build(const struct reg_key *k, struct installation *w)
{
	/* Before Vista CurrentBuild holds nonsense text. */
	if (!number_of(k, "CurrentBuildNumber", &w->build))
		(void)number_of(k, "CurrentBuild", &w->build);
}

/* "Service Pack 3", and "Service Pack 3, v.5755" of test releases. */
static bool
pack_in_text(const struct reg_key *k, unsigned *out)
{
	char text[64];
	const char *at = text + strlen("Service Pack ");

	return reg_text(reg_value(k, "CSDVersion"), text, sizeof text) &&
	       text_begins(text, "Service Pack ") && number_at(&at, out);
}

/* The number is the stronger witness; embedded systems may have neither. */
static enum err
read_pack(const struct inside *in, const struct reg_key *version,
          struct installation *w)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	uint32_t number = 0;

	TRY(installation_set_key(in, w, "Control\\Windows", &k));
	bool told = reg_u32(reg_value(&k, "CSDVersion"), &number);
	w->service_pack = (number >> 8) & 0xFF;
	w->has_service_pack = told;
	if (w->service_pack == 0 && pack_in_text(version, &w->service_pack))
		w->has_service_pack = true;
	return OK;
}

static bool
multi_has(const struct reg_value *v, const char *word)
{
	char text[64];

	if (!v || v->type != REG_TYPE_MULTI_SZ)
		return false;
	struct span rest = v->bytes;
	while (reg_multi_next(&rest, text, sizeof text)) {
		if (text_same(text, word))
			return true;
	}
	return false;
}

static enum err
read_options(const struct inside *in, struct installation *w)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };
	char type[32] = "";

	TRY(installation_set_key(in, w, "Control\\ProductOptions", &k));
	(void)reg_text(reg_value(&k, "ProductType"), type, sizeof type);
	w->is_server = text_same(type, "ServerNT") || text_same(type, "LanmanNT");
	w->is_embedded = text_same(type, "EmbeddedNT") ||
	                 multi_has(reg_value(&k, "ProductSuite"), "EmbeddedNT");
	return OK;
}

static enum err
read_machine(const struct inside *in, struct installation *w)
{
	OWN(reg_key_free) struct reg_key environment = { .value_count = 0 };
	OWN(reg_key_free) struct reg_key language = { .value_count = 0 };
	char processor[16] = "";

	TRY(installation_set_key(in, w, "Control\\Session Manager\\Environment",
	                         &environment));
	(void)reg_text(reg_value(&environment, "PROCESSOR_ARCHITECTURE"), processor,
	               sizeof processor);
	w->is_x64 = text_same(processor, "AMD64");
	w->is_ia64 = text_same(processor, "IA64");
	TRY(installation_set_key(in, w, "Control\\Nls\\Language", &language));
	(void)reg_text(reg_value(&language, "InstallLanguage"), w->language,
	               sizeof w->language);
	return OK;
}

static enum windows_kind
kind_of(const struct installation *w)
{
	if (!w->has_version)
		return WINDOWS_OTHER;
	if (w->major == 5 && w->minor == 0)
		return WINDOWS_2000;
	if (w->major == 5 && w->minor == 1)
		return WINDOWS_XP;
	if (w->major == 5 && w->minor == 2)
		return w->is_x64 && !w->is_server ? WINDOWS_XP : WINDOWS_2003;
	if (w->major == 6 && w->minor == 0)
		return w->is_server ? WINDOWS_2008 : WINDOWS_VISTA;
	return w->major == 6 && w->minor == 1 ? WINDOWS_7 : WINDOWS_OTHER;
}

static bool
product_has(const struct installation *w, const char *word)
{
	for (const char *at = w->product; *at; at++) {
		if (text_begins(at, word))
			return true;
	}
	return false;
}

static const char *
family(const struct installation *w)
{
	switch (w->kind) {
	case WINDOWS_2000: return "Windows 2000";
	case WINDOWS_XP: return w->is_embedded ? "Windows XP Embedded" : "Windows XP";
	case WINDOWS_2003:
		return product_has(w, "R2") ? "Windows Server 2003 R2"
		                            : "Windows Server 2003";
	case WINDOWS_VISTA: return "Windows Vista";
	case WINDOWS_2008: return "Windows Server 2008";
	case WINDOWS_7: return w->is_server ? "Windows Server 2008 R2" : "Windows 7";
	case WINDOWS_OTHER: break;
	}
	return w->product[0] ? w->product : "Windows";
}

static void
say_os(struct installation *w)
{
	char pack[16] = "";

	if (w->service_pack > 0)
		snprintf(pack, sizeof pack, " SP%u", w->service_pack);
	snprintf(w->os, sizeof w->os, "%.100s%s%s", family(w), pack,
	         w->is_x64    ? " x64"
	         : w->is_ia64 ? " ia64"
	                      : "");
}

enum err
installation_version(const struct inside *in, struct installation *w)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };

	TRY(look_key(in, INSTALLATION_DETECTOR, VERSION_KEY, &k));
	w->has_version = has_version(&k, w);
	read_build(&k, w);
	(void)reg_text(reg_value(&k, "ProductName"), w->product, sizeof w->product);
	TRY(read_pack(in, &k, w));
	TRY(read_options(in, w));
	TRY(read_machine(in, w));
	w->kind = kind_of(w);
	say_os(w);
	return OK;
}
