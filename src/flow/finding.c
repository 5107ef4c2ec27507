#include "flow/finding.h"

#include <string.h>

static const char *const names[] = {
	[GRADE_CONCLUSIVE] = "conclusive",
	[GRADE_STRONG] = "strong",
	[GRADE_WEAK] = "weak",
	[GRADE_EXONERATING] = "exonerating",
	[GRADE_UNDETERMINED] = "undetermined",
};

const char *
grade_name(enum grade grade)
{
	return grade >= GRADE_CONCLUSIVE && grade <= GRADE_UNDETERMINED
	           ? names[grade]
	           : "undetermined";
}

enum grade
grade_from_name(const char *name)
{
	for (size_t i = GRADE_CONCLUSIVE; i <= GRADE_UNDETERMINED; i++) {
		if (strcmp(names[i], name) == 0)
			return (enum grade)i;
	}
	return (enum grade)0;
}

/* The next free field, named; NULL where there is none. */
static struct field *
add(struct finding *f, const char *key)
{
	if (f->field_count >= FIELDS_MOST)
		return NULL;

	struct field *field = &f->fields[f->field_count++];
	*field = (struct field){ .is_text = false };
	(void)text_copy(field->key, sizeof field->key, key);
	return field;
}

void
finding_number(struct finding *f, const char *key, int64_t number)
{
	struct field *field = add(f, key);

	if (field)
		field->number = number;
}

void
finding_text(struct finding *f, const char *key, const char *text)
{
	struct field *field = add(f, key);

	if (!field)
		return;
	field->is_text = true;
	text_shorten(field->text, sizeof field->text, text);
}

static void
fields_json(struct json *j, const struct finding *f)
{
	json_open(j, '{');
	for (size_t i = 0; i < f->field_count && i < FIELDS_MOST; i++) {
		const struct field *field = &f->fields[i];

		json_key(j, field->key);
		if (field->is_text)
			json_text(j, field->text);
		else
			json_int(j, field->number);
	}
	json_close(j, '}');
}

/* Its twin, which reads, is finding_from_json in finding_read.c. */
void
finding_json(struct json *j, const struct finding *f)
{
	json_open(j, '{');
	json_key(j, "type");
	json_text(j, "finding");
	json_key(j, "time");
	json_when(j, f->time_ms);
	json_key(j, "host");
	json_text(j, f->host);
	json_key(j, "detector");
	json_text(j, f->detector);
	json_key(j, "trace");
	json_text(j, f->trace);
	json_key(j, "grade");
	json_text(j, grade_name(f->grade));
	json_key(j, "variants");
	variants_json(j, f->variants);
	json_key(j, "fields");
	fields_json(j, f);
	json_key(j, "where");
	json_text(j, f->where);
	json_close(j, '}');
}
