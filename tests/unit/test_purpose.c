/* What calls are made for: which question they carry, and where its answer stands for them. */
#include "trace/purpose.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "trace/event.h"
#include "trace/sys.h"
#include "trace/trace.h"

#include "unit.h"

static struct trace trace_of(enum trace_form form, int level)
{
	struct trace trace;
	struct trace_config config = {.level = level, .form = form};
	trace_open(&trace, &config, 0);
	trace.mask = ~0ULL;
	return trace;
}

/* A question with two calls, and one call for itself. */
static void ask(struct trace *trace)
{
	struct purpose purpose;
	purpose_begin(&purpose, trace, "this host", "who listens on port %d", 81);
	sys_listen(trace, -1, 1);
	sys_shutdown(trace, -1, SHUT_WR);
	purpose_end(&purpose, "%s", "nobody");
	sys_listen(trace, -1, 2);
}

static const char *shown(struct trace *trace)
{
	text_char(&trace->lines, '\0');
	return trace->buffer;
}

static void the_answer_stands_for_the_calls_in_the_text_of_level_2(void)
{
	struct trace trace = trace_of(TRACE_TEXT, 2);
	ask(&trace);
	CHECK(strstr(shown(&trace), "-- asked this host who listens on port 81: nobody <"));
	CHECK(!strstr(shown(&trace), "listen(-1, 1)"));
	CHECK(!strstr(shown(&trace), "shutdown("));
	CHECK(strstr(shown(&trace), "listen(-1, 2)"));
	free(trace.buffer);
}

static void level_3_and_the_other_forms_have_the_calls(void)
{
	static const struct {
		enum trace_form form;
		int level;
		const char *call;
	} rows[] = {
		{TRACE_TEXT, 3, "listen(-1, 1)"},
		{TRACE_STRACE, 2, "listen(-1, 1)"},
		{TRACE_JSON, 2, "\"for\":\"who listens on port 81\""},
		{TRACE_JSON, 3, "\"for\":\"who listens on port 81\""},
		{TRACE_CHROME, 2, "\"for\":\"who listens on port 81\""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trace trace = trace_of(rows[i].form, rows[i].level);
		ask(&trace);
		CHECK(strstr(shown(&trace), rows[i].call));
		CHECK(strstr(shown(&trace), "shutdown"));
		free(trace.buffer);
	}
}

/* What the calls of a trace that shows nothing are made for. */
static const char *question_of(const struct trace *trace)
{
	return trace->purpose ? trace->purpose->question : NULL;
}

static void a_question_within_another_has_its_calls_alone(void)
{
	struct trace trace = trace_of(TRACE_JSON, 2);
	struct purpose outer, inner, silent;
	purpose_begin(&outer, &trace, "this host", "outer");
	purpose_begin(&inner, &trace, "this host", "inner");
	CHECK_STR(question_of(&trace), "inner");
	purpose_enter(&silent, &trace, "silent");
	CHECK_STR(question_of(&trace), "inner");
	purpose_leave(&silent);
	CHECK_STR(question_of(&trace), "inner");
	purpose_end(&inner, "yes");
	CHECK_STR(question_of(&trace), "outer");
	purpose_leave(&outer);
	CHECK_STR(question_of(&trace), NULL);
	purpose_resume(&outer);
	CHECK_STR(question_of(&trace), "outer");
	purpose_end(&outer, "yes");
	purpose_end(&outer, "twice");
	CHECK_STR(question_of(&trace), NULL);
	CHECK(strstr(shown(&trace), "\"answer\":\"yes\""));
	CHECK(!strstr(shown(&trace), "twice"));
	free(trace.buffer);
}

static void a_trace_that_shows_no_steps_has_no_questions(void)
{
	struct trace trace = trace_of(TRACE_TEXT, 1);
	struct purpose purpose;
	purpose_begin(&purpose, &trace, "this host", "who listens");
	CHECK_STR(question_of(&trace), NULL);
	purpose_end(&purpose, "nobody");
	CHECK(!trace.buffer);
}

UNIT_MAIN(the_answer_stands_for_the_calls_in_the_text_of_level_2,
	  level_3_and_the_other_forms_have_the_calls, a_question_within_another_has_its_calls_alone,
	  a_trace_that_shows_no_steps_has_no_questions)
