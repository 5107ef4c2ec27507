/* SECURITY, with what is audited, and as much of SAM as says that it is one. */
#include "base/own.h"
#include "lab/disk_hives.h"

/* Vista and later: subcategories of each category (eventlogs specification 4.1). */
static const uint8_t subcategories[9] = { 5, 10, 12, 3, 4, 6, 6, 4, 4 };
#define LOGON_CATEGORY 1
#define CREDENTIALS_CATEGORY 8

/* XP audits nothing; servers log successes; Vista and 7 the successes of logons. */
static void
put_nine(struct buf *b, bool is_on)
{
	buf_le32(b, is_on);
	for (uint32_t category = 0; category < 9; category++)
		buf_le32(b, is_on && (category == 1 || category == 8));
	buf_le32(b, 9);
}

static void
put_subcategories(struct buf *b, bool is_server)
{
	uint32_t count = 0;

	for (size_t i = 0; i < 9; i++)
		count += subcategories[i];
	buf_le32(b, 0x100);
	buf_le32(b, 9);
	buf_le32(b, 12 + 2 * count);
	for (size_t i = 0; i < 9; i++) {
		for (uint8_t k = 0; k < subcategories[i]; k++) {
			uint16_t setting = 0;

			if (i == LOGON_CATEGORY && k == 0)
				setting = is_server ? 3 : 1;
			if (i == CREDENTIALS_CATEGORY && k == 0)
				setting = is_server;
			buf_le16(b, setting);
		}
	}
	for (size_t i = 0; i < 9; i++)
		buf_le16(b, subcategories[i]);
}

enum err
disk_security_hive(const struct disk_plan *p, struct buf *out)
{
	OWN(own_hive_make) struct hive_make *h = NULL;
	struct buf audit = { 0 };

	TRY(hive_new("SECURITY", p->installed, &h));
	buf_init(&audit, 512);
	if (level_is_6(p->level))
		put_subcategories(&audit, p->level->is_server);
	else
		put_nine(&audit, p->level->is_server && p->level->version[1] > 0);
	hive_at(h, "Policy\\PolAdtEv");
	hive_bytes(h, "", HIVE_NONE, buf_span(&audit));
	buf_free(&audit);
	hive_at(h, "Policy\\PolAdtLg");
	hive_at(h, "Policy\\Accounts");
	return hive_made(h, out);
}

enum err
disk_sam_hive(const struct disk_plan *p, struct buf *out)
{
	static const char *const names[] = { "Administrator", "Guest" };
	OWN(own_hive_make) struct hive_make *h = NULL;

	TRY(hive_new("SAM", p->installed, &h));
	for (size_t i = 0; i < 2; i++)
		hive_at(h, "SAM\\Domains\\Account\\Users\\Names\\%s", names[i]);
	for (unsigned user = DISK_PERSON; user < DISK_SERVICE; user++)
		hive_at(h, "SAM\\Domains\\Account\\Users\\Names\\%s",
		        disk_user_name(user));
	return hive_made(h, out);
}
