/*
 * The rule asks for what cannot be had by chance together.  First what the worm's
 * file always is: a 32-bit PE file for x86, without a version and a signature.  Many
 * small tools are that.  Then traits, of which most honest files have none:
 *
 *   three and a thing that names it, or four                        the worm
 *   a computed name, and one that the file itself has               the worm
 *   two, or three that nothing names                                suspect
 *
 * Traits that a way of reaching the machine does not have (attributes, descriptors,
 * times in a copied tree) are missing and speak neither for nor against.
 *
 * What it cannot tell: a file of the worm's that was given a version, or that was
 * unpacked and renamed.  Sources: specification 1.2 to 1.4 and 8.
 */
#include "look/worm_file.h"

#include <stdio.h>
#include <string.h>

#include <nettle/sha2.h>

#include "base/text.h"
#include "base/when.h"
#include "format/pe.h"
#include "format/security_descriptor.h"
#include "look/worm_file_parts.h"

#define ALL_VARIANTS (VARIANT_A | VARIANT_B | VARIANT_C | VARIANT_D | VARIANT_E)

/* Where the bytes of a file of the machine come from. */
struct opened {
	struct machine *machine;
	struct machine_file file;
	struct pe_source source;
	bool is_hashed;
};

static enum heard
read_opened(void *with, uint64_t offset, void *to, size_t len, size_t *got)
{
	struct opened *o = with;

	return machine_read(o->machine, &o->file,
	                    (struct machine_want){ offset, to, len }, got);
}

static void
unread(const struct inside *in, const char *path, struct file_judged *out)
{
	const char *why = machine_why(in->machine);

	out->is = FILE_IS_UNREAD;
	if (why[0])
		(void)text_copy(out->because, sizeof out->because, why);
	else
		(void)snprintf(out->because, sizeof out->because, "cannot read %s",
		               path);
}

/* ---- traits that need no look into it */

static void
of_the_outside(const struct inside *in, const char *path, struct file_judged *out)
{
	const uint32_t both = FILE_HIDDEN | FILE_SYSTEM;
	const char *name = worm_file_base(path);
	variants computed = 0;

	out->variants = ALL_VARIANTS;
	if (out->facts.has_attributes && (out->facts.attributes & both) == both)
		out->traits |= TRAIT_HIDDEN;
	if (worm_file_name_is_computed(in->windows, name, &computed)) {
		out->traits |= TRAIT_COMPUTED_NAME;
		out->variants = computed;
	}
	if (worm_file_name_is_drawn(name) && worm_file_is_in_a_place(in->windows, path))
		out->traits |= TRAIT_RANDOM_NAME;
}

/* A list of who may that takes nothing from above, and lets no administrator read. */
static void
of_its_descriptor(const struct inside *in, const char *path, struct file_judged *out)
{
	struct security_descriptor who;
	struct buf bytes;

	if (!in->machine->can.file_security)
		return;
	buf_init(&bytes, 65536);
	if (machine_security(in->machine, path, &bytes) == HEARD &&
	    security_descriptor_read(buf_span(&bytes), &who) == HEARD &&
	    who.is_protected && !who.is_open &&
	    (who.administrators & RIGHT_READ_DATA) == 0)
		out->traits |= TRAIT_LOCKED;
	buf_free(&bytes);
}

/* ---- and those that do */

/* What speaks against it; nothing that was found out where PE_UNREAD comes back. */
static enum pe_error
speaks_against(const struct pe_source *source, struct pe *pe, unsigned *traits)
{
	struct pe_version version;
	bool is_signed = false;
	enum pe_error error = pe_read(source, pe);

	if (error == PE_UNREAD)
		return error;
	if (error != PE_OK || pe->machine != PE_I386 || pe->is_64) {
		*traits |= TRAIT_NOT_PE;
		return PE_OK;
	}
	error = pe_version(source, pe, &version);
	if (error == PE_UNREAD)
		return error;
	if (error == PE_OK)
		*traits |= TRAIT_VERSIONED;
	error = pe_is_signed(source, pe, &is_signed);
	if (is_signed)
		*traits |= TRAIT_SIGNED;
	return error;
}

#define HASHED_MOST (64ull << 20)
#define CHUNK 65536

static void
hash(struct opened *o, char sha256[65])
{
	struct sha256_ctx context;
	uint8_t chunk[CHUNK];
	uint8_t digest[SHA256_DIGEST_SIZE];
	uint64_t at = 0;

	if (o->file.size > HASHED_MOST)
		return;
	sha256_init(&context);
	while (at < o->file.size) {
		const struct machine_want want = { at, chunk, sizeof chunk };
		size_t got = 0;

		if (machine_read(o->machine, &o->file, want, &got) != HEARD || got == 0)
			return; /* a hash of a part is none */
		sha256_update(&context, got, chunk);
		at += got;
	}
	sha256_digest(&context, sizeof digest, digest);
	text_hex(sha256, 65, span_of(digest, sizeof digest));
}

static enum file_is
rule(unsigned traits)
{
	const unsigned its_own = TRAIT_HIDDEN | TRAIT_LOCKED | TRAIT_TIME_TWIN |
	                         TRAIT_PACKED;
	int count = __builtin_popcount(traits & TRAITS_FOR);

	if (traits & (TRAIT_NOT_PE | TRAIT_VERSIONED | TRAIT_SIGNED))
		return FILE_IS_OTHER;
	if ((traits & TRAIT_COMPUTED_NAME) && (traits & its_own))
		return FILE_IS_WORM;
	if (count >= 4 || (count == 3 && (traits & TRAIT_NAMED)))
		return FILE_IS_WORM;
	return count >= 2 ? FILE_IS_SUSPECT : FILE_IS_OTHER;
}

static void
judge_opened(const struct inside *in, struct stock_times *times, const char *path,
             struct opened *o, struct file_judged *out)
{
	struct pe pe;
	unsigned against = 0;
	bool is_packed = false;
	enum pe_error error = speaks_against(&o->source, &pe, &against);

	if (error == PE_OK && !against)
		error = worm_file_is_packed(&o->source, &pe, &is_packed);
	if (error != PE_OK) {
		unread(in, path, out);
		of_its_descriptor(in, path, out);
		return;
	}
	out->traits |= against | (is_packed ? TRAIT_PACKED : 0);
	if (!against) {
		of_its_descriptor(in, path, out);
		if (worm_file_is_time_twin(in, times, path, &out->facts))
			out->traits |= TRAIT_TIME_TWIN;
	}
	out->is = rule(out->traits);
	if (o->is_hashed && (out->is != FILE_IS_OTHER ||
	                     (out->traits & (TRAIT_COMPUTED_NAME | TRAIT_TIME_TWIN))))
		hash(o, out->sha256);
}

void
worm_file_judge_found(const struct inside *in, struct stock_times *times,
                      const char *path, unsigned named, struct file_judged *out)
{
	struct opened o = { .machine = in->machine,
		            .is_hashed = !(named & WITHOUT_HASH) };

	out->traits = named & TRAIT_NAMED;
	of_the_outside(in, path, out);
	if (out->facts.is_folder) {
		out->traits |= TRAIT_NOT_PE;
		out->is = FILE_IS_OTHER;
		return;
	}
	if (out->facts.is_link || out->facts.is_other) {
		(void)machine_because(in->machine, NOT_ASKED,
		                      "%s is %s, which is not opened; look at what it "
		                      "leads to yourself",
		                      path,
		                      out->facts.is_link ? "a link" : "no plain file");
		unread(in, path, out);
		return;
	}
	if (machine_open(in->machine, path, &o.file) != HEARD) {
		unread(in, path, out);
		of_its_descriptor(in, path, out);
		return;
	}
	o.source =
	    (struct pe_source){ .read = read_opened, .with = &o, .size = o.file.size };
	judge_opened(in, times, path, &o, out);
	machine_close_file(in->machine, &o.file);
}

void
worm_file_judge(const struct inside *in, const char *path, unsigned named,
                struct file_judged *out)
{
	struct stock_times times = { .looked = false };

	*out = (struct file_judged){ .is = FILE_IS_ABSENT };
	switch (machine_stat(in->machine, path, &out->facts)) {
	case HEARD: worm_file_judge_found(in, &times, path, named, out); break;
	case HEARD_NOTHING: break;
	default:
		out->traits = named & TRAIT_NAMED;
		of_the_outside(in, path, out);
		unread(in, path, out);
	}
}

/* ---- evidence */

static const struct {
	unsigned trait;
	const char *word;
} trait_words[] = {
	{ TRAIT_COMPUTED_NAME, "computed-name" },
	{ TRAIT_HIDDEN, "hidden" },
	{ TRAIT_LOCKED, "locked" },
	{ TRAIT_TIME_TWIN, "time-twin" },
	{ TRAIT_PACKED, "packed" },
	{ TRAIT_NAMED, "named" },
	{ TRAIT_RANDOM_NAME, "random-name" },
	{ TRAIT_NOT_PE, "not-pe" },
	{ TRAIT_VERSIONED, "versioned" },
	{ TRAIT_SIGNED, "signed" },
};

const char *
worm_file_trait_word(unsigned trait)
{
	for (size_t i = 0; i < sizeof trait_words / sizeof *trait_words; i++) {
		if (trait_words[i].trait == trait)
			return trait_words[i].word;
	}
	return "";
}

static void
put_traits(struct finding *f, unsigned traits)
{
	char text[SAID_ROOM] = "";
	size_t len = 0;

	for (size_t i = 0; i < sizeof trait_words / sizeof *trait_words; i++) {
		if (!(traits & trait_words[i].trait))
			continue;
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
		                        len > 0 ? " " : "", trait_words[i].word);
	}
	if (len > 0)
		finding_text(f, "traits", text);
}

static void
put_time(struct finding *f, const char *key, uint64_t filetime)
{
	char text[WHEN_ROOM];

	if (filetime == 0)
		return;
	when_text(text, when_from_filetime(filetime));
	finding_text(f, key, text);
}

void
worm_file_evidence(struct finding *f, const struct file_judged *j)
{
	if (j->sha256[0])
		finding_text(f, "sha256", j->sha256);
	if (j->is != FILE_IS_ABSENT)
		finding_number(f, "size", (int64_t)j->facts.size);
	put_traits(f, j->traits);
	if (j->facts.has_times)
		put_time(f, "created", j->facts.times.created);
	if (j->facts.has_name_times)
		put_time(f, "name_created", j->facts.name_times.created);
	if (j->because[0])
		finding_text(f, "because", j->because);
}
