#include "look/patch_read.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "format/pe.h"

/* A source of bytes over an open file of the machine. */
struct opened {
	struct machine *machine;
	const struct machine_file *file;
};

static enum heard
read_opened(void *with, uint64_t offset, void *to, size_t len, size_t *got)
{
	const struct opened *o = with;

	return machine_read(o->machine, o->file,
	                    (struct machine_want){ offset, to, len }, got);
}

static void
because(struct patch_file *out, enum patch_file_is is, const char *what,
        const char *more)
{
	out->is = is;
	(void)snprintf(out->because, sizeof out->because, "%s%s", what, more);
}

static uint16_t
pe_machine(enum processor processor)
{
	switch (processor) {
	case PROCESSOR_X64: return PE_AMD64;
	case PROCESSOR_IA64: return PE_IA64;
	case PROCESSOR_X86:
	case PROCESSOR_ANY: break;
	}
	return PE_I386;
}

/* "netapi32.dll"; Vista and later may write "netapi32.dll.mui". */
static bool
is_named(const struct said *original, const char *name)
{
	size_t len = strlen(name);

	return text_begins(original->utf8, name) &&
	       (original->utf8[len] == '\0' || text_same(original->utf8 + len, ".mui"));
}

static bool
is_microsofts(const struct pe_version *v, const char *name, struct patch_file *out)
{
	if (!said_is_empty(&v->original_name) && !is_named(&v->original_name, name))
		because(out, PATCH_FILE_SWAPPED,
		        "it says of itself that it is another file: ",
		        v->original_name.utf8);
	else if (!said_is_empty(&v->company) &&
	         !text_same(v->company.utf8, "Microsoft Corporation"))
		because(out, PATCH_FILE_SWAPPED,
		        "it says of itself that it is not Microsoft's but of ",
		        v->company.utf8);
	else
		return true;
	return false;
}

static void
fail(const struct inside *in, enum pe_error error, struct patch_file *out)
{
	switch (error) {
	case PE_UNREAD:
		because(out, PATCH_FILE_UNREAD, "", machine_why(in->machine));
		break;
	case PE_NOT_MZ:
	case PE_NOT_PE:
		because(out, PATCH_FILE_SWAPPED, "it is no program file of Windows",
		        "");
		break;
	case PE_NO_RESOURCES:
	case PE_NO_VERSION:
		because(out, PATCH_FILE_SWAPPED, "it has no version, as every one of ",
		        "Microsoft's has");
		break;
	default:
		because(out, PATCH_FILE_UNREAD,
		        "it is damaged: ", pe_error_name(error));
		break;
	}
}

static void
read_version(const struct inside *in, const struct machine_file *file, const char *name,
             enum processor processor, struct patch_file *out)
{
	struct opened o = { .machine = in->machine, .file = file };
	const struct pe_source source = { .read = read_opened,
		                          .with = &o,
		                          .size = file->size };
	struct pe pe;
	struct pe_version v;
	enum pe_error error = pe_read(&source, &pe);

	if (error == PE_OK && pe.machine != pe_machine(processor)) {
		because(out, PATCH_FILE_SWAPPED,
		        "it is not for this processor: not the file of this Windows",
		        "");
		return;
	}
	if (error == PE_OK)
		error = pe_version(&source, &pe, &v);
	if (error != PE_OK) {
		fail(in, error, out);
		return;
	}
	if (!is_microsofts(&v, name, out))
		return;
	out->is = v.found == PE_FOUND_TREE ? PATCH_FILE_READ : PATCH_FILE_SCANNED;
	for (size_t i = 0; i < 4; i++)
		out->version = out->version << 16 | v.file[i];
}

void
patch_file_read(const struct inside *in, const char *path, const char *name,
                enum processor processor, struct patch_file *out)
{
	struct machine_file file;
	enum heard heard = machine_open(in->machine, path, &file);

	*out = (struct patch_file){ .is = PATCH_FILE_ABSENT };
	if (heard == HEARD_NOTHING)
		return;
	if (heard != HEARD) {
		because(out, PATCH_FILE_UNREAD, "", machine_why(in->machine));
		return;
	}
	read_version(in, &file, name, processor, out);
	machine_close_file(in->machine, &file);
}
