// Whether an import is authorized. The scripts in tests/wire/jwt-exchange test more cases.
#include "auth/import_check.h"

#include <gtest/gtest.h>

#include "auth/jwt.h"
#include "unit/auth/token_maker.h"

namespace midge {
namespace {

using test::fixed_key;

constexpr int64_t check_time = 1'700'000'000;

Import import_from(ExportType type, const std::string& subject, const std::string& to = "",
                   const std::string& local = "") {
    Import import;
    import.type = type;
    import.subject = subject;
    import.to = to;
    import.local_subject = local;
    return import;
}

TEST(ImportSubjectsOfClaims, are_turned_round_by_the_older_to_of_a_service) {
    struct Case {
        Import import;
        std::string exported, local;
    };
    const ExportType stream = ExportType::stream, service = ExportType::service;
    for (const Case& c :
         {Case{import_from(stream, "a.*"), "a.*", "a.*"},
          Case{import_from(stream, "a.*", "pre"), "a.*", "pre.a.*"},
          Case{import_from(stream, "a.*", "pre."), "a.*", "pre.a.*"},
          Case{import_from(stream, "a.*", "", "b.$1"), "a.*", "b.$1"},
          Case{import_from(stream, "a.*", "pre", "b.$1"), "a.*", "b.$1"},
          Case{import_from(service, "s"), "s", "s"}, Case{import_from(service, "s", "x"), "x", "s"},
          Case{import_from(service, "s", "", "l"), "s", "l"},
          Case{import_from(service, "s", "x", "l"), "s", "l"}}) {
        EXPECT_EQ(exported_subject(c.import), c.exported);
        EXPECT_EQ(local_subject(c.import), c.local);
    }
}

class ImportJudgement : public testing::Test {
  protected:
    ImportJudgement() { exporter_.sub = exporter_key_.public_key(); }
    Export& add_export(const std::string& subject, bool token_required = false) {
        Export& added = exporter_.exports.emplace_back();
        added.subject = subject;
        added.type = ExportType::stream;
        added.token_req = token_required;
        return added;
    }
    Import activated(const std::string& subject, int64_t expires = 0) {
        ActivationClaims claims;
        claims.sub = importer_;
        claims.import_subject = subject;
        claims.import_type = ExportType::stream;
        claims.exp = expires;
        Import import = import_from(ExportType::stream, subject);
        import.token = encode(claims, exporter_key_, check_time).value();
        return import;
    }
    ImportVerdict judge(const Import& import, int64_t at = check_time) {
        return judge_import(importer_, import, exporter_, at);
    }
    const KeyPair exporter_key_ = fixed_key(KeyKind::account, 3);
    const std::string importer_ = fixed_key(KeyKind::account, 4).public_key();
    AccountClaims exporter_;
};

TEST_F(ImportJudgement, takes_the_export_of_just_this_subject_before_a_wider_one) {
    add_export("a.>");
    add_export("a.b", true);
    EXPECT_EQ(judge(import_from(ExportType::stream, "a.b")).exported, nullptr);
    EXPECT_NE(judge(import_from(ExportType::stream, "a.c")).exported, nullptr);
}

TEST_F(ImportJudgement, ends_with_the_activation) {
    add_export("a.*", true);
    const Import import = activated("a.b", check_time + 10);
    EXPECT_EQ(judge(import).until, check_time + 10);
    EXPECT_NE(judge(import, check_time + 9).exported, nullptr);
    EXPECT_EQ(judge(import, check_time + 11).exported, nullptr);
    EXPECT_EQ(judge(activated("a.b")).until, 0);
}

TEST_F(ImportJudgement, takes_no_activation_of_a_part_for_the_whole) {
    add_export("a.>", true);
    Import import = activated("a.b");
    EXPECT_NE(judge(import).exported, nullptr);
    import.subject = "a.*";
    EXPECT_EQ(judge(import).exported, nullptr);
}

TEST_F(ImportJudgement, takes_no_token_that_was_tampered_with) {
    add_export("a.*", true);
    Import import = activated("a.b");
    const size_t signature = import.token.rfind('.') + 5;
    import.token[signature] = import.token[signature] == 'A' ? 'B' : 'A';
    EXPECT_EQ(judge(import).exported, nullptr);
    import.token.clear();
    EXPECT_EQ(judge(import).exported, nullptr);
}

TEST_F(ImportJudgement, survives_a_token_position_beyond_the_subject) {
    add_export("a.>").account_token_position = 9;
    EXPECT_EQ(judge(import_from(ExportType::stream, "a." + importer_)).exported, nullptr);
}

}  // namespace
}  // namespace midge
