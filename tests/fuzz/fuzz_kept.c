/*
 * What a journal says of a file, and how an NTFS volume begins: both may come from
 * anybody; the first byte says which.
 */
#include <stdlib.h>
#include <string.h>

#include "format/ntfs_volume.h"
#include "mend/kept.h"
#include "mend/kept_parts.h"
#include "mend/step_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
read_kept(struct span s)
{
	struct kept k;

	if (!kept_parse(s, &k))
		return;
	struct span rest = k.attributes;
	struct kept_pair pair;
	uint32_t count = 0;
	while (rest.left > 0) {
		if (!kept_next(&rest, &pair) || kept_attribute(&k, pair.name).bad)
			abort();
		count++;
	}
	if (count != k.attribute_count)
		abort();
	(void)kept_windows_attributes(&k);
	(void)kept_is_sparse(&k);
}

static void
read_facts(struct span s)
{
	struct step_facts facts;

	if (!step_facts_read(s, &facts))
		return;
	if (strchr(facts.temporary, '/') || strlen(facts.temporary) >= TEMPORARY_ROOM)
		abort();
	read_kept(facts.thing);
	read_kept(facts.folder);
}

static void
read_record(struct span s)
{
	uint8_t *record = malloc(s.left + 1);
	bool dirty = false;

	if (!record)
		return;
	(void)span_copy(s, record, s.left);
	(void)ntfs_volume_dirty(record, s.left, &dirty);
	free(record);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span s = span_of(bytes, len);
	struct ntfs_boot boot;

	switch (span_u8(&s) % 4) {
	case 0: read_kept(s); break;
	case 1: read_facts(s); break;
	case 2: read_record(s); break;
	default:
		if (ntfs_boot_read(s, &boot) == HEARD &&
		    (boot.record_len < NTFS_RECORD_LEAST ||
		     boot.record_len > NTFS_RECORD_MOST))
			abort();
		break;
	}
	return 0;
}
