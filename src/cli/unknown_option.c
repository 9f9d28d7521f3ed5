/* Guesses at what an option that is not there was meant to be: a name that it begins, the names
 * that other programs have for it, those that are spelled alike, and those that it is a part of. */
#include "cli/unknown_option.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/fault.h"
#include "base/spell.h"
#include "base/text.h"
#include "cli/option_table.h"
#include "cli/options.h"
#include "cli/other_names.h"
#include "cli/other_netcats.h"

/* The most that is offered of names that are only spelled alike. */
#define MOST_GUESSES 4

/* A shorter word is part of too many names. */
#define SHORTEST_PART 3

struct guesses {
	const struct option_row *rows[OPTION_ROWS];
	size_t count;
};

/* "--ver" */
struct typed_name {
	const char *at; /* behind the dashes */
	size_t len;     /* up to a value */
};

static bool begins(const struct option_row *row, const struct typed_name *name)
{
	return strncmp(row->name, name->at, name->len) == 0;
}

static bool contains(const struct option_row *row, const struct typed_name *name)
{
	if (name->len < SHORTEST_PART)
		return false;
	for (const char *at = row->name; *at; at++)
		if (strncmp(at, name->at, name->len) == 0)
			return true;
	return false;
}

/* A third of the letters may be wrong, in short words one. */
static bool is_alike(const struct option_row *row, const struct typed_name *name)
{
	size_t most = name->len < 6 ? 1 : name->len / 3;
	return name->len > 1 && spell_distance(name->at, name->len, row->name) <= most;
}

/* The option of that name; NULL: none. */
static const struct option_row *option_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].name && strlen(option_rows[i].name) == len &&
		    strncmp(option_rows[i].name, name, len) == 0)
			return &option_rows[i];
	return NULL;
}

static void collect(struct guesses *guesses, const struct typed_name *name,
		    bool (*fits)(const struct option_row *row, const struct typed_name *name))
{
	guesses->count = 0;
	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].name && option_rows[i].group != GROUP_HIDDEN &&
		    fits(&option_rows[i], name))
			guesses->rows[guesses->count++] = &option_rows[i];
}

/* Keep the rows that are nearest to NAME. */
static void keep_nearest(struct guesses *guesses, const struct typed_name *name)
{
	size_t nearest = SPELL_LONGEST;
	size_t kept = 0;
	for (size_t i = 0; i < guesses->count; i++) {
		size_t distance = spell_distance(name->at, name->len, guesses->rows[i]->name);
		if (distance < nearest)
			kept = 0;
		if (distance > nearest)
			continue;
		nearest = distance;
		guesses->rows[kept++] = guesses->rows[i];
	}
	guesses->count = kept;
}

static const char *separator(size_t i, size_t count)
{
	return i == 0 ? "" : i + 1 < count ? ", " : " or ";
}

static void put_rows(struct text *out, const struct guesses *guesses)
{
	char label[OPTION_LABEL];
	for (size_t i = 0; i < guesses->count; i++)
		text_printf(out, "%s%s", separator(i, guesses->count),
			    option_label(guesses->rows[i], true, label));
}

/* LABELS, which have spaces between, each with its argument. */
static void put_labels(struct text *out, const char *labels)
{
	size_t count = 1;
	for (const char *at = labels; *at; at++)
		count += *at == ' ';
	for (size_t i = 0; i < count; i++) {
		char label[OPTION_LABEL];
		size_t len = strcspn(labels, " ");
		struct text text = TEXT_IN(label);
		text_bytes(&text, labels, len);
		const struct option_row *row = option_by_label(label);
		bool joined = row && option_argument_is_optional(row);
		const char *argument = row && row->argument ? row->argument : "";
		text_printf(out, "%s%s%s%s", separator(i, count), label,
			    *argument && !joined ? " " : "", argument);
		labels += len + (labels[len] == ' ');
	}
}

static void put_other(struct text *out, const struct other_name *other)
{
	if (other->words) {
		text_printf(out, " (%s)", other->words);
		return;
	}
	text_str(out, " (did you mean ");
	put_labels(out, other->here);
	text_str(out, "?)");
}

/* Append what NAME, which begins no name of ours, may have been meant to be; nothing, when there is
 * no guess. */
static void put_guess(struct text *out, const struct typed_name *name)
{
	const struct other_name *other = other_name_find(name->at, name->len);
	struct guesses guesses = {.count = 0};
	if (!other) {
		collect(&guesses, name, is_alike);
		keep_nearest(&guesses, name);
	}
	if (!other && guesses.count == 0)
		other = other_name_alike(name->at, name->len);
	if (other) {
		put_other(out, other);
		return;
	}
	if (guesses.count == 0 || guesses.count > MOST_GUESSES)
		collect(&guesses, name, contains);
	if (guesses.count == 0 || guesses.count > MOST_GUESSES)
		return;
	text_str(out, " (did you mean ");
	put_rows(out, &guesses);
	text_str(out, "?)");
}

int unknown_option_name(const char *word, struct fault *fault)
{
	struct typed_name name = {word + 2, strcspn(word + 2, "=")};
	char safe[128], words[384];
	struct text typed = TEXT_IN(safe);
	struct text guess = TEXT_IN(words);
	struct guesses guesses;

	text_str(&typed, "--");
	text_safe_bytes(&typed, name.at, name.len);
	collect(&guesses, &name, begins);
	if (name.len > 0 && guesses.count > 1) {
		put_rows(&guess, &guesses);
		return fault_usage(fault, "option %s is ambiguous: %s", safe, words);
	}
	put_guess(&guess, &name);
	return fault_usage(fault, "unknown option %s%s", safe, words);
}

static bool is_other_letter(char letter)
{
	for (size_t i = 0; i < other_letter_count; i++)
		if (other_letters[i].letter == letter)
			return true;
	return false;
}

int unknown_option_letter(char letter, struct fault *fault)
{
	bool upper = isupper((unsigned char)letter);
	int swapped = upper ? tolower((unsigned char)letter) : toupper((unsigned char)letter);
	if (isalpha((unsigned char)letter) && option_by_letter((char)swapped) &&
	    !is_other_letter(letter))
		return fault_usage(fault, "unknown option -%c (did you mean -%c?)", letter,
				   swapped);
	return fault_usage(fault, "unknown option -%c", letter);
}

void unknown_option_dashes(char **argv, struct fault *fault)
{
	for (char **word = argv + 1; *word; word++) {
		struct typed_name name = {*word + 1, strcspn(*word + 1, "=")};
		char words[384];
		struct text guess = TEXT_IN(words);
		if ((*word)[0] != '-' || name.at[0] == '-' || name.len < SHORTEST_PART)
			continue;
		const struct option_row *row = option_by_name(name.at, name.len);
		const struct other_name *other = other_name_find(name.at, name.len);
		if (row)
			text_printf(&guess, " (did you mean --%s?)", row->name);
		else if (other)
			put_other(&guess, other);
		else
			continue;
		fault_cause(fault, fault->cause, "%s%s-%.*s is read as letters%s", fault->detail,
			    fault->detail[0] ? "\n" : "", (int)name.len, name.at, words);
		return;
	}
}
