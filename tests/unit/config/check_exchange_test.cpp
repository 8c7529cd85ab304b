#include "config/check_exchange.h"

#include <gmock/gmock.h>

#include "config/options.h"

namespace midge {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

AccountOptions account(std::string name, std::vector<StreamExportOptions> exports,
                       std::vector<StreamImportOptions> imports) {
    AccountOptions made;
    made.name = std::move(name);
    made.stream_exports = std::move(exports);
    made.stream_imports = std::move(imports);
    return made;
}

StreamImportOptions import_of(std::string from, std::string subject, std::string local) {
    return {std::move(from), std::move(subject), {}, std::move(local)};
}

// A chain of `length` accounts, each of which imports "s" from the previous one. `closed`: the
// first account imports from the last.
std::vector<AccountOptions> chain(size_t length, bool closed) {
    std::vector<AccountOptions> accounts;
    for (size_t i = 0; i < length; ++i) {
        std::vector<StreamImportOptions> imports;
        const size_t before = i == 0 ? length - 1 : i - 1;
        if (i != 0 || closed) imports.push_back(import_of(std::to_string(before), "s", "s"));
        accounts.push_back(account(std::to_string(i), {{"s", {}, 0}}, std::move(imports)));
    }
    return accounts;
}

TEST(CheckExchange, finds_cycles_of_any_length) {
    const char* const cycle = "Error adding stream import \"s\": import forms a cycle";
    for (const size_t length : {2, 3, 4, 50}) {
        EXPECT_THAT(check_exchange(chain(length, true)), ElementsAre(cycle)) << length;
        EXPECT_THAT(check_exchange(chain(length, false)), IsEmpty()) << length;
    }
}

// The subject changes from each account to the next. The cycle is closed where the subject is the
// first one again.
TEST(CheckExchange, finds_cycles_of_services) {
    for (const size_t length : {2, 3, 50}) {
        std::vector<AccountOptions> accounts(length);
        for (size_t i = 0; i < length; ++i) {
            accounts[i].name = std::to_string(i);
            accounts[i].service_exports.push_back({{"s" + accounts[i].name, {}, 0}});
            const std::string next = std::to_string((i + 1) % length);
            accounts[i].service_imports.push_back({next, "s" + next, "s" + accounts[i].name});
        }
        EXPECT_THAT(check_exchange(accounts),
                    ElementsAre(testing::EndsWith(": import forms a cycle")))
            << length;
        accounts.back().service_imports.front().local = "other";
        EXPECT_THAT(check_exchange(accounts), IsEmpty()) << length;
    }
}

TEST(CheckExchange, takes_a_service_of_the_account_itself_for_no_cycle) {
    std::vector<AccountOptions> accounts(1);
    accounts[0].name = "A";
    accounts[0].service_exports.push_back({{"s", {}, 0}});
    accounts[0].service_imports.push_back({"A", "s", "t"});
    EXPECT_THAT(check_exchange(accounts), IsEmpty());
}

TEST(CheckExchange, finds_a_cycle_through_wildcards) {
    EXPECT_THAT(check_exchange({account("A", {{"s.*", {}, 0}}, {import_of("B", "s.>", "s.>")}),
                                account("B", {{"s.>", {}, 0}}, {import_of("A", "s.*", "s.*")})}),
                ElementsAre("Error adding stream import \"s.*\": import forms a cycle"));
}

// Two paths from each account to the next, twenty times: a million paths in total.
TEST(CheckExchange, takes_several_ways_to_an_account_for_no_cycle) {
    std::vector<AccountOptions> accounts{account("0", {{"s", {}, 0}}, {})};
    for (int i = 1; i <= 20; ++i) {
        const std::string before = std::to_string(i - 1);
        const std::string left = before + "left", right = before + "right";
        accounts.push_back(account(left, {{"s", {}, 0}}, {import_of(before, "s", "s")}));
        accounts.push_back(account(right, {{"s", {}, 0}}, {import_of(before, "s", "s")}));
        accounts.push_back(account(std::to_string(i), {{"s", {}, 0}},
                                   {import_of(left, "s", "s"), import_of(right, "s", "s")}));
    }
    EXPECT_THAT(check_exchange(accounts), IsEmpty());
    accounts.front().stream_imports.push_back(import_of("20", "s", "s"));
    EXPECT_THAT(check_exchange(accounts), ::testing::Not(IsEmpty()));
}

TEST(CheckExchange, asks_the_export_of_the_same_subject_first) {
    const std::vector<StreamExportOptions> exports{{"s.*", {}, 0}, {"s.x", {"C"}, 0}};
    EXPECT_THAT(check_exchange({account("A", exports, {}), account("C", {}, {}),
                                account("B", {}, {import_of("A", "s.x", "s.x")})}),
                ElementsAre("Error adding stream import \"s.x\": stream import not authorized"));
    EXPECT_THAT(check_exchange({account("A", exports, {}), account("C", {}, {}),
                                account("B", {}, {import_of("A", "s.y", "s.y")})}),
                IsEmpty());
}

TEST(CheckExchange, lets_nobody_import_the_place_of_a_token_for_all) {
    EXPECT_THAT(check_exchange({account("A", {{"s.*", {}, 2}}, {}),
                                account("B", {}, {import_of("A", "s.*", "s.*")})}),
                ElementsAre("Error adding stream import \"s.*\": stream import not authorized"));
}

TEST(CheckExchange, refuses_a_negative_place_of_the_token) {
    EXPECT_THAT(check_exchange({account("A", {{"s.*", {}, -3}}, {})}),
                ElementsAre("Error adding stream export \"s.*\": sublist: invalid subject"));
}

}  // namespace
}  // namespace midge
