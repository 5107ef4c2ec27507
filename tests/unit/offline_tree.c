#include "offline_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/own.h"

#define XP_RELEASED 126434304000000000ull /* 2001-08-25 */

struct temp_tree tree;
struct machine *machine;

struct hive_make *
new_hive(void)
{
	struct hive_make *h = NULL;

	assert_int_equal(hive_new("root", XP_RELEASED, &h), OK);
	return h;
}

void
put_hive(const char *name, struct hive_make *h)
{
	struct buf b;

	buf_init(&b, 16 << 20);
	assert_int_equal(hive_made(h, &b), OK);
	temp_file(&tree, name, b.at, b.len);
	buf_free(&b);
	hive_make_free(h);
}

void
put_small(const char *name, const char *key, const char *is)
{
	struct hive_make *h = new_hive();

	hive_at(h, "%s", key);
	hive_text(h, "Is", is);
	put_hive(name, h);
}

struct hive_make *
software(const char *root)
{
	struct hive_make *h = new_hive();

	hive_at(h, "Microsoft\\Windows NT\\CurrentVersion");
	hive_text(h, "SystemRoot", root);
	return h;
}

void
add_profile(struct hive_make *h, const char *sid, const char *path)
{
	hive_at(h, PROFILES "\\%s", sid);
	hive_expand(h, "ProfileImagePath", path);
}

void
put_windows(const char *folder, const char *root)
{
	char name[128];
	struct hive_make *h = software(root);

	add_profile(h, KANG, "%SystemDrive%\\Documents and Settings\\Kang");
	(void)snprintf(name, sizeof name, "%s/system32/config/software", folder);
	put_hive(name, h);
	(void)snprintf(name, sizeof name, "%s/system32/config/system", folder);
	put_small(name, "Select", "the system");
}

void
open_machine(const char *name)
{
	char why[WHY_ROOM] = "";

	assert_int_equal(offline_open(temp_path(&tree, name), &machine, why), OK);
	assert_string_equal(why, "");
	assert_non_null(machine);
}

void
text_is(const char *key, const char *is)
{
	char text[256] = "";

	assert_int_equal(machine_text(machine, key, "Is", text, sizeof text), HEARD);
	assert_string_equal(text, is);
}

enum heard
key_is(const char *path)
{
	OWN(reg_key_free) struct reg_key k = { .value_count = 0 };

	return machine_key(machine, path, &k);
}

bool
has_user(const char *root, const char *profile)
{
	for (size_t i = 0; i < machine->user_count; i++) {
		if (strcmp(machine->users[i].root, root) == 0)
			return strcmp(machine->users[i].profile, profile) == 0;
	}
	return false;
}
