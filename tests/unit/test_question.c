/* Questions for UDP services: each has the form that its protocol wants. */
#include "proto/question.h"

#include "unit.h"

static void forms(void)
{
	struct question question;
	question_for(&question, 123);
	CHECK_INT((int)question.len, 48);
	CHECK_INT(question.bytes[0], 0x23);
	CHECK_INT(question.bytes[47], 0);
	question_for(&question, 443);
	CHECK_INT((int)question.len, 1200);
	question_for(&question, 161);
	CHECK_INT((int)question.len, 2 + question.bytes[1]);
	question_for(&question, 53);
	CHECK_INT((int)question.len, 17);
	CHECK_INT(question.bytes[5], 1);
	question_for(&question, 500);
	CHECK_INT((int)question.len, 28);
	CHECK_INT(question.bytes[27], 28);
	question_for(&question, 4500);
	CHECK_INT((int)question.len, 32);
	question_for(&question, 111);
	CHECK_INT((int)question.len, 40);
	question_for(&question, 2049);
	CHECK_INT((int)question.len, 40);
	question_for(&question, 137);
	CHECK_INT((int)question.len, 50);
	question_for(&question, 3478);
	CHECK_INT((int)question.len, 20);
	question_for(&question, 1194);
	CHECK_INT((int)question.len, 14);
	question_for(&question, 5353);
	CHECK_STR(question.protocol, "mDNS");
	CHECK_INT((int)question.len, 12 + 10 + 8 + 5 + 6 + 1 + 4);
}

static void any_other_port(void)
{
	struct question question;
	question_for(&question, 40000);
	CHECK(!question.protocol);
	CHECK_INT((int)question.len, 1);
	CHECK_INT(question.bytes[0], '\n');
}

UNIT_MAIN(forms, any_other_port)
