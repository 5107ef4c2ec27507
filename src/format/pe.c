#include "format/pe.h"

#include <string.h>

#include "format/pe_window.h"

const char *
pe_error_name(enum pe_error error)
{
	static const char *const names[] = {
		[PE_OK] = "ok",
		[PE_TOO_SHORT] = "too-short",
		[PE_NOT_MZ] = "not-mz",
		[PE_NOT_PE] = "not-pe",
		[PE_BAD_OPTIONAL_HEADER] = "bad-optional-header",
		[PE_NO_RESOURCES] = "no-resources",
		[PE_NO_VERSION] = "no-version",
		[PE_TRUNCATED] = "truncated",
		[PE_LOOP] = "loop",
		[PE_TOO_BIG] = "too-big",
		[PE_NOT_SIGNATURE] = "not-signature",
		[PE_UNREAD] = "unread",
	};

	return names[error];
}

static enum heard
read_span(void *with, uint64_t offset, void *to, size_t len, size_t *got)
{
	const struct span *file = with;
	struct span rest = { .bad = true };

	if (offset <= file->left)
		rest = span_at(*file, (size_t)offset, file->left - (size_t)offset);
	*got = span_copy(rest, to, len);
	return HEARD;
}

struct pe_source
pe_source_of(const struct span *file)
{
	return (struct pe_source){
		.read = read_span,
		.with = (void *)(uintptr_t)file,
		.size = file->left,
	};
}

enum pe_error
pe_take(const struct pe_source *s, uint64_t offset, void *to, size_t len)
{
	size_t got = 0;

	if (offset > s->size || len > s->size - offset)
		return PE_TRUNCATED;
	if (s->read(s->with, offset, to, len, &got) != HEARD)
		return PE_UNREAD;
	return got == len ? PE_OK : PE_TRUNCATED;
}

void
pe_window_init(struct pe_window *w, const struct pe_source *source)
{
	w->source = source;
	w->at = 0;
	w->len = 0;
	w->reads = 0;
	w->error = PE_OK;
}

/* Moves the window so that it begins at `offset`. */
static enum pe_error
move(struct pe_window *w, uint64_t offset)
{
	uint64_t left = offset < w->source->size ? w->source->size - offset : 0;
	size_t len = left < sizeof w->bytes ? (size_t)left : sizeof w->bytes;

	if (++w->reads > PE_READS_MOST)
		return PE_TOO_BIG;
	w->at = offset;
	w->len = len;
	return pe_take(w->source, offset, w->bytes, len);
}

struct span
pe_window_at(struct pe_window *w, uint64_t offset, size_t len)
{
	struct span s = { .bad = true };

	if (w->error != PE_OK)
		return s;
	if (offset < w->at || offset - w->at > w->len ||
	    len > w->len - (size_t)(offset - w->at))
		w->error = move(w, offset);
	if (w->error != PE_OK)
		return s;
	s = span_at(span_of(w->bytes, w->len), (size_t)(offset - w->at), len);
	if (s.bad)
		w->error = PE_TRUNCATED;
	return s;
}

/* A header that does not fit into the file is a file that is too short. */
static enum pe_error
header_error(const struct pe_window *w)
{
	return w->error == PE_TRUNCATED ? PE_TOO_SHORT : w->error;
}

#define MZ 0x5A4Du
#define PE00 0x00004550u
#define COFF_LEN 24 /* with the signature before it */
#define IS_DLL 0x2000u

/* What the COFF header says beside what goes into struct pe. */
struct coff {
	uint64_t at;
	uint16_t optional_len;
};

static enum pe_error
read_coff(struct pe_window *w, struct pe *out, struct coff *coff)
{
	struct span mz = pe_window_at(w, 0, 2);

	if (span_le16(&mz) != MZ)
		return w->error ? header_error(w) : PE_NOT_MZ;
	struct span at = pe_window_at(w, 0x3C, 4);
	coff->at = span_le32(&at);

	struct span s = pe_window_at(w, coff->at, COFF_LEN);
	if (s.bad)
		return header_error(w);
	if (span_le32(&s) != PE00)
		return PE_NOT_PE;
	out->machine = span_le16(&s);
	out->section_count = span_le16(&s);
	out->time_stamp = span_le32(&s);
	(void)span_cut(&s, 8); /* the symbol table, which images have not */
	coff->optional_len = span_le16(&s);
	out->is_dll = span_le16(&s) & IS_DLL;
	return out->section_count > PE_SECTIONS_MOST ? PE_TOO_BIG : PE_OK;
}

#define PE32 0x10Bu
#define PE32_PLUS 0x20Bu
#define DIRECTORIES_MOST 16
#define DIRECTORY_LEN 8
#define SECTOR 512u

static struct pe_directory
read_directory(struct span *s, size_t index, size_t count)
{
	struct pe_directory d = { .rva = 0 };

	if (index >= count)
		return d;
	d.rva = span_le32(s);
	d.size = span_le32(s);
	return d;
}

/* *rounds: whether Windows takes a section's place in the file rounded down. */
static enum pe_error
read_optional(struct pe_window *w, const struct coff *coff, struct pe *out,
              bool *rounds)
{
	uint64_t at = coff->at + COFF_LEN;
	struct span magic = pe_window_at(w, at, 2);
	unsigned kind = span_le16(&magic);

	if (magic.bad)
		return header_error(w);
	if (kind != PE32 && kind != PE32_PLUS)
		return PE_BAD_OPTIONAL_HEADER;
	out->is_64 = kind == PE32_PLUS;
	size_t fixed = out->is_64 ? 112 : 96;
	if (coff->optional_len < fixed)
		return PE_BAD_OPTIONAL_HEADER;

	size_t room = (coff->optional_len - fixed) / DIRECTORY_LEN;
	room = room < DIRECTORIES_MOST ? room : DIRECTORIES_MOST;
	struct span s = pe_window_at(w, at, fixed + room * DIRECTORY_LEN);
	struct span entry = span_at(s, 16, 4);
	struct span alignment = span_at(s, 36, 4);
	struct span number = span_at(s, fixed - 4, 4);

	if (s.bad)
		return header_error(w);
	out->entry_rva = span_le32(&entry);
	/* Drivers of the time are aligned to 128 bytes, and are taken as they are. */
	*rounds = span_le32(&alignment) >= SECTOR;
	uint32_t said = span_le32(&number);
	size_t count = said < room ? said : room;

	(void)span_cut(&s, fixed);
	out->directory_count = count;
	out->exports = read_directory(&s, 0, count);
	out->imports = read_directory(&s, 1, count);
	out->resources = read_directory(&s, 2, count);
	(void)read_directory(&s, 3, count);
	out->security = read_directory(&s, 4, count);
	return PE_OK;
}

#define SECTION_LEN 40

static bool
holds(const struct pe_section *s, uint32_t rva)
{
	uint64_t len = s->virtual_size > s->raw_size ? s->virtual_size : s->raw_size;

	return s->rva <= rva && rva < s->rva + len;
}

static enum pe_error
read_sections(struct pe_window *w, uint64_t at, bool rounds, struct pe *out)
{
	out->entry_section = PE_NO_SECTION;
	for (size_t i = 0; i < out->section_count; i++, at += SECTION_LEN) {
		struct pe_section *section = &out->sections[i];
		struct span s = pe_window_at(w, at, SECTION_LEN);

		if (s.bad)
			return header_error(w);
		(void)span_copy(span_cut(&s, 8), section->name, 8);
		section->virtual_size = span_le32(&s);
		section->rva = span_le32(&s);
		section->raw_size = span_le32(&s);
		section->raw_at = span_le32(&s);
		if (rounds)
			section->raw_at -= section->raw_at % SECTOR;
		(void)span_cut(&s, 12); /* relocations and line numbers */
		section->flags = span_le32(&s);
		if (out->entry_section == PE_NO_SECTION && out->entry_rva > 0 &&
		    holds(section, out->entry_rva))
			out->entry_section = i;
	}
	return PE_OK;
}

enum pe_error
pe_read(const struct pe_source *source, struct pe *out)
{
	struct pe_window w;
	struct pe pe = { .machine = 0 };
	struct coff coff = { .at = 0 };
	bool rounds = true;

	pe_window_init(&w, source);
	enum pe_error error = read_coff(&w, &pe, &coff);
	if (error == PE_OK)
		error = read_optional(&w, &coff, &pe, &rounds);
	if (error == PE_OK)
		error = read_sections(&w, coff.at + COFF_LEN + coff.optional_len,
		                      rounds, &pe);
	if (error == PE_OK)
		*out = pe;
	return error;
}

bool
pe_offset(const struct pe *pe, uint32_t rva, uint64_t *offset)
{
	bool before_all = true;

	for (size_t i = 0; i < pe->section_count; i++) {
		const struct pe_section *s = &pe->sections[i];

		before_all = before_all && rva < s->rva;
		if (!holds(s, rva))
			continue;
		*offset = (uint64_t)s->raw_at + (rva - s->rva);
		return rva - s->rva < s->raw_size;
	}
	*offset = rva;
	return before_all;
}

#define CERTIFICATE_LEN 8
#define CERTIFICATE_PKCS 2u

enum pe_error
pe_is_signed(const struct pe_source *source, const struct pe *pe, bool *out)
{
	uint8_t bytes[CERTIFICATE_LEN];

	*out = false;
	if (pe->security.rva == 0 || pe->security.size <= CERTIFICATE_LEN)
		return PE_OK;
	enum pe_error error = pe_take(source, pe->security.rva, bytes, sizeof bytes);
	if (error != PE_OK) /* one that lies outside the file is none */
		return error == PE_UNREAD ? error : PE_OK;

	struct span s = span_of(bytes, sizeof bytes);
	uint32_t len = span_le32(&s);
	uint16_t revision = span_le16(&s);
	uint16_t kind = span_le16(&s);
	*out = len > CERTIFICATE_LEN && len <= source->size - pe->security.rva &&
	       (revision == 0x100 || revision == 0x200) && kind == CERTIFICATE_PKCS;
	return PE_OK;
}

#define EXPORTS_LEN 40

enum pe_error
pe_export_names(const struct pe_source *source, const struct pe *pe, uint32_t *out)
{
	uint8_t bytes[EXPORTS_LEN];
	uint64_t at = 0;

	*out = 0;
	if (pe->exports.rva == 0 || !pe_offset(pe, pe->exports.rva, &at))
		return PE_OK;
	enum pe_error error = pe_take(source, at, bytes, sizeof bytes);
	if (error != PE_OK)
		return error == PE_UNREAD ? error : PE_OK;

	struct span names = span_at(span_of(bytes, sizeof bytes), 24, 4);
	*out = span_le32(&names);
	return PE_OK;
}
