/* What letters mean in other netcats. */
#include "cli/other_netcats.h"

#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "cli/option_table.h"

#define OPENBSD "OpenBSD's nc"
#define NCAT "ncat"
#define TRADITIONAL "nc.traditional"

const struct other_letter other_letters[] = {
	{'C', true, false, OPENBSD, "the TLS certificate", "--tls-cert"},
	{'G', true, false, NCAT, "loose source routing", NULL},
	{'H', true, false, OPENBSD, "the hash of the peer's TLS certificate", "--tls-pin"},
	{'K', true, false, OPENBSD, "the TLS key", "--tls-key"},
	{'R', true, false, OPENBSD, "the TLS roots that are trusted", "--tls-ca"},
	{'T', true, false, OPENBSD, "a TLS option such as noverify, too", "--tls-insecure"},
	{'V', true, false, OPENBSD, "the routing table", NULL},
	{'Z', true, false, OPENBSD, "the file for the peer's TLS certificates", "--tls-save"},
	{'c', false, false, OPENBSD, "TLS", "--tls"},
	{'d', true, false, NCAT, "the pause between lines", "--delay"},
	{'e', true, false, OPENBSD, "the name in the peer's TLS certificate", "--tls-name"},
	{'f', true, false, "BusyBox's nc", "a file instead of a socket", NULL},
	{'g', true, false, NCAT, "loose source routing", NULL},
	{'i', true, true, NCAT, "the idle timeout", "--idle-timeout"},
	{'k', false, false, TRADITIONAL, "keepalive probes", "--keepalive"},
	{'m', true, false, NCAT, "how many clients at once", "--max-conns"},
	{'o', true, true, OPENBSD, "an OCSP staple", NULL},
	{'o', true, true, TRADITIONAL, "the file of a hex dump", "--hex-dump"},
	{'w', true, true, NCAT, "the timeout of the connect alone", "--connect-timeout"},
	{'x', true, false, NCAT, "the file of a hex dump", "--hex-dump"},
};
const size_t other_letter_count = sizeof(other_letters) / sizeof(other_letters[0]);

static bool is_ours(const char *label)
{
	for (size_t i = 0; label && i < option_row_count; i++)
		if (option_has_label(&option_rows[i], label))
			return true;
	return false;
}

static void put_hint(struct text *out, const struct other_letter *other)
{
	const struct option_row *row = option_by_letter(other->letter);
	if (row && row->name)
		text_printf(out, "-%c is --%s here: %s\n", row->letter, row->name, row->help);
	else if (row)
		text_printf(out, "-%c here: %s\n", row->letter, row->help);
	text_printf(out, "%s, which is -%c in %s, is ", other->meaning, other->letter,
		    other->netcat);
	if (is_ours(other->here))
		text_printf(out, "%s here", other->here);
	else
		text_str(out, "not in handset");
}

/* Whether OTHER may have led to an error of the operands: with an argument more or less, what
 * follows the letter is taken for something else. */
static bool shifts_operands(const struct other_letter *other)
{
	const struct option_row *row = option_by_letter(other->letter);
	return row && other->takes != (row->argument != NULL);
}

void other_netcats_explain(const char *letters, char culprit, struct fault *fault)
{
	char lines[sizeof(fault->detail)];
	struct text text = TEXT_IN(lines);
	/* A long name means what it says. */
	if (culprit && !strchr(letters, culprit))
		return;
	text_str(&text, fault->detail);
	for (size_t i = 0; i < other_letter_count; i++) {
		const struct other_letter *other = &other_letters[i];
		bool meant = culprit ? other->letter == culprit && !other->same_form
				     : strchr(letters, other->letter) && shifts_operands(other);
		if (!meant)
			continue;
		text_str(&text, text.len > 0 ? "\n" : "");
		put_hint(&text, other);
	}
	if (text.len > strlen(fault->detail))
		fault_cause(fault, fault->cause ? fault->cause : CAUSE_OTHER_NETCAT, "%s", lines);
}
