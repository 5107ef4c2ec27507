/*
 * Samba plays a Windows in NativeOS and in the version, so the name that it gives
 * its LAN manager is believed first.  NativeOS comes next, as it tells servers
 * from workstations, then the version, and last the newest SMB2 dialect.
 */
#include "know/windows.h"

#include <string.h>

#define BUILD_MOST UINT16_MAX
#define NO_BUILD (-1)

/* "Samba 4.17.12-Debian": the first two numbers are enough to know it by. */
static struct said
samba(const char *lm)
{
	char name[SAID_ROOM];
	size_t len = 0;
	unsigned dots = 0;

	for (; lm[len] && len + 1 < sizeof name; len++) {
		dots += lm[len] == '.';
		if (dots == 2)
			break;
		name[len] = lm[len];
	}
	name[len] = 0;
	return said_from_utf8(name);
}

/* "6001" in "Windows Vista (TM) Business 6001 Service Pack 1"; -1 for none. */
static int32_t
build_of(const char *os)
{
	const char *at = os;

	while ((at = strchr(at, ' ')) != NULL) {
		size_t digits = strspn(++at, "0123456789");
		int32_t build = 0;

		if (digits < 4 || digits > 5 || (at[digits] && at[digits] != ' '))
			continue;
		for (size_t i = 0; i < digits; i++)
			build = build * 10 + (at[i] - '0');
		/* "Server 2008" is no build; Windows 2000 has 2195, XP 2600. */
		if (build <= BUILD_MOST && !(build >= 2000 && build < 2100))
			return build;
	}
	return NO_BUILD;
}

static bool
fits(const struct windows_row *row, int32_t major, int32_t minor, int32_t build)
{
	return (row->major < 0 || row->major == major) &&
	       (row->minor < 0 || row->minor == minor) &&
	       (row->build < 0 || row->build == build);
}

static const struct windows_row *
row_by_name(const char *os)
{
	int32_t build = build_of(os);

	for (size_t i = 0; i < windows_rows_count; i++) {
		const struct windows_row *row = &windows_rows[i];

		if (row->said[0] && text_begins(os, row->said) &&
		    fits(row, NO_BUILD, NO_BUILD, build))
			return row;
	}
	return NULL;
}

static const struct windows_row *
row_by_version(int32_t major, int32_t minor, int32_t build)
{
	for (size_t i = 0; i < windows_rows_count; i++) {
		const struct windows_row *row = &windows_rows[i];

		if (row->said[0] == 0 && row->major >= 0 &&
		    fits(row, major, minor, build))
			return row;
	}
	return NULL;
}

static const struct windows_row *
row_by_dialect(uint16_t dialect)
{
	for (size_t i = 0; dialect && i < windows_rows_count; i++) {
		if (windows_rows[i].dialect == dialect)
			return &windows_rows[i];
	}
	return NULL;
}

/*
 * Windows 11 calls itself "Windows 10" in NativeOS, so from there on only the
 * build tells one from the other.
 */
static bool
only_the_build_tells(const char *os)
{
	return text_begins(os, "Windows 10 ") || text_begins(os, "Windows 11 ");
}

static const struct windows_row *
row_for(const struct windows_said *told)
{
	const struct windows_row *row = row_by_name(told->native_os);

	if (!row && only_the_build_tells(told->native_os))
		row = row_by_version(10, 0, build_of(told->native_os));
	if (!row && told->has_version)
		row = row_by_version(told->major, told->minor, told->build);
	return row ? row : row_by_dialect(told->smb2_dialect);
}

/* "Windows Server 2003" and "… 3790 Service Pack 2": with " SP2" behind it. */
static struct said
with_service_pack(const char *name, const char *os)
{
	static const char words[] = "Service Pack ";
	const char *pack = strstr(os, words);
	char text[SAID_ROOM];

	(void)text_copy(text, sizeof text - sizeof " SP0", name);
	if (pack && pack[strlen(words)] >= '1' && pack[strlen(words)] <= '9' &&
	    !strstr(name, " SP")) {
		size_t len = strlen(text);

		(void)text_copy(text + len, sizeof text - len, " SP0");
		text[len + 3] = pack[strlen(words)];
	}
	return said_from_utf8(text);
}

bool
windows_name(const struct windows_said *told, struct windows *out)
{
	*out = (struct windows){ .victim = VICTIM_UNTOLD };
	if (text_begins(told->native_lm, "Samba")) {
		out->name = samba(told->native_lm);
		out->victim = VICTIM_NO;
		return true;
	}

	const struct windows_row *row = row_for(told);
	if (row) {
		out->name = with_service_pack(row->name, told->native_os);
		out->victim = row->victim;
		return true;
	}
	out->name = said_from_utf8(told->native_os);
	return !said_is_empty(&out->name);
}
