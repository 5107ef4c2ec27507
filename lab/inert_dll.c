#include "lab/inert_dll.h"

#include "lab/dice.h"
#include "lab/pe_head.h"

#define SECTOR 0x200u
#define PAGE 0x1000u

/* Windows asks DllMain whether to stay loaded: xor eax,eax; ret 12 is a no. */
static const uint8_t refuse_to_load[] = { 0x31, 0xC0, 0xC2, 0x0C, 0x00 };

#define BODY_LEAST 0xE000u
#define BODY_SPAN 0x1C000u
#define EMPTY_LEN 0x20000u /* what a packer would unpack into */
#define YEAR_2009 1230768000u
#define EIGHT_WEEKS 4838400u

static uint32_t
pages(uint32_t len)
{
	return (len + PAGE - 1) / PAGE * PAGE;
}

enum err
inert_dll(struct buf *out, uint64_t seed)
{
	uint64_t dice = seed;
	uint32_t draw = (uint32_t)(dice_next(&dice) % BODY_SPAN);
	uint32_t body = BODY_LEAST + draw / SECTOR * SECTOR;
	uint32_t body_rva = PAGE + EMPTY_LEN;
	uint32_t last_rva = body_rva + pages(body);
	struct pe_head head = {
		.is_dll = true,
		.subsystem = 2,
		.time_stamp = YEAR_2009 + (uint32_t)(dice_next(&dice) % EIGHT_WEEKS),
		.entry_rva = body_rva,
		.image_size = last_rva + PAGE,
		.sections = {
			{ "UPX0", EMPTY_LEN, PAGE, 0, PE_HEAD_LEN, 0xE0000080 },
			{ "UPX1", body, body_rva, body, PE_HEAD_LEN, 0xE0000040 },
			{ "UPX2", SECTOR, last_rva, SECTOR, PE_HEAD_LEN + body,
			  0xC0000040 },
		},
		.section_count = 3,
	};

	pe_head_put(out, &head);
	buf_put(out, refuse_to_load, sizeof refuse_to_load);
	buf_zero(out, 8 - sizeof refuse_to_load);
	for (uint32_t i = 8; i < body; i += 8)
		buf_le64(out, dice_next(&dice));
	buf_zero(out, SECTOR);
	return out->bad ? ERR_MEMORY : OK;
}
