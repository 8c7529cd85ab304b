// One test suite for every resolver plugin, both loaded from its file and linked in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "host/plugin_library.h"
#include "host/plugin_resolver.h"
#include "plugin/http_test_server.h"
#include "plugin/plugin_support.h"
#include "plugin/raw_resolver.h"
#include "resolver-dir/dir_resolver.h"
#include "resolver-memory/memory_resolver.h"
#include "resolver-url/url_resolver.h"
#include "support/temp_folder.h"

namespace midge::test {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;
using Jwts = std::map<std::string, std::string>;  // by account key

// The storage of a resolver. It is filled before the resolver starts, and exists while it runs.
class Storage {
  public:
    virtual ~Storage() = default;
    // Fills the storage, and returns the settings with which a resolver serves `jwts`.
    virtual std::string fill(const Jwts& jwts) = 0;
    // True if the storage can be filled only through the resolver.
    virtual bool is_filled_by_store() const { return false; }
};

std::string one_setting(const std::string& key, const std::string& value) {
    JsonWriter json;
    json.begin_object().field(key, value).end_object();
    return json.take();
}

class MemoryStorage final : public Storage {
    std::string fill(const Jwts& jwts) override {
        JsonWriter json;
        json.begin_object().key("preload").begin_object();
        for (const auto& [account, jwt] : jwts) json.field(account, jwt);
        json.end_object().end_object();
        return json.take();
    }
};

class DirStorage final : public Storage {
    std::string fill(const Jwts& jwts) override {
        for (const auto& [account, jwt] : jwts) folder_.write(account + ".jwt", jwt);
        JsonWriter json;
        json.begin_object().field("dir", folder_.path().string()).field("allow_delete", true);
        json.end_object();
        return json.take();
    }
    TempFolder folder_;
};

class UrlStorage final : public Storage {
    std::string fill(const Jwts& jwts) override {
        server_ = std::make_unique<HttpTestServer>(
            [jwts](Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response) {
                const std::string& path = request.getURI();
                const std::string account = path.substr(path.rfind('/') + 1);
                const auto it = jwts.find(account);
                if (it == jwts.end() && !account.empty()) {
                    response.setStatusAndReason(Poco::Net::HTTPResponse::HTTP_NOT_FOUND);
                }
                const std::string body = it == jwts.end() ? "" : it->second;
                response.sendBuffer(body.data(), body.size());
            });
        JsonWriter json;
        json.begin_object().field("url", server_->url()).field("timeout_ms", 30'000).end_object();
        return json.take();
    }
    std::unique_ptr<HttpTestServer> server_;
};

class StoredStorage final : public Storage {
    std::string fill(const Jwts&) override { return "{}"; }
    bool is_filled_by_store() const override { return true; }
};

class ExampleStorage final : public Storage {
    std::string fill(const Jwts& jwts) override {
        std::string lines;
        for (const auto& [account, jwt] : jwts) lines += account + "|" + jwt + "\n";
        return one_setting("file", folder_.write("accounts.txt", lines));
    }
    TempFolder folder_;
};

template <class T>
std::unique_ptr<Storage> make_storage() {
    return std::make_unique<T>();
}

// A way to get a resolver plugin.
struct Candidate {
    std::string title;                  // of the test
    std::string name;                   // of the plugin
    std::filesystem::path plugin_dir;   // folder to load it from; empty: linked in
    const midge_resolver* (*linked)();  // its table, if linked in
    std::unique_ptr<Storage> (*storage)();
};

void PrintTo(const Candidate& candidate, std::ostream* out) {
    *out << candidate.title;
}

class ResolverConformance : public ::testing::TestWithParam<Candidate> {
  protected:
    void SetUp() override {
        const Candidate& candidate = GetParam();
        if (candidate.linked != nullptr) {
            table_ = candidate.linked();
        } else {
            const auto loaded = load_plugin<midge_resolver>(candidate.name, candidate.plugin_dir);
            ASSERT_TRUE(loaded) << loaded.error().text;
            table_ = loaded->table;
        }
        storage_ = candidate.storage();
    }

    Result<std::unique_ptr<PluginResolver>> make(const std::string& config_json) {
        return PluginResolver::create(*table_, {config_json, patience}, {}, log_);
    }

    // Returns the resolver, with `jwts` stored.
    std::unique_ptr<PluginResolver> serve(const Jwts& jwts) {
        auto made = make(storage_->fill(jwts));
        EXPECT_TRUE(made) << made.error().text;
        if (!made) return nullptr;
        if (storage_->is_filled_by_store()) {
            for (const auto& [account, jwt] : jwts) EXPECT_TRUE(store(**made, account, jwt));
        }
        return std::move(*made);
    }

    // Returns the resolver without the host's checks, if its storage can be filled from outside.
    std::unique_ptr<RawResolver> serve_raw(const Jwts& jwts) {
        if (storage_->is_filled_by_store()) return nullptr;
        auto raw = std::make_unique<RawResolver>(*table_);
        EXPECT_EQ(raw->create(storage_->fill(jwts)), MIDGE_OK);
        return raw;
    }

    static Jwts some_jwts(size_t count) {
        Jwts jwts;
        for (size_t i = 0; i < count; ++i) jwts[account_key(i)] = jwt_of(std::to_string(i));
        return jwts;
    }

    CaptureLogger log_;
    const midge_resolver* table_ = nullptr;
    std::unique_ptr<Storage> storage_;
};

TEST_P(ResolverConformance, SaysItsNameAndVersion) {
    const auto resolver = serve({});
    ASSERT_NE(resolver, nullptr);
    EXPECT_EQ(resolver->name(), GetParam().name);
    EXPECT_FALSE(resolver->version().empty());
}

TEST_P(ResolverConformance, GivesWhatIsStored) {
    const Jwts jwts = some_jwts(10);
    const auto resolver = serve(jwts);
    ASSERT_NE(resolver, nullptr);
    for (const auto& [account, jwt] : jwts) {
        const auto got = fetch(*resolver, account);
        ASSERT_TRUE(got) << got.error().text;
        EXPECT_EQ(*got, jwt);
    }
}

TEST_P(ResolverConformance, SaysNotFoundForAnUnknownAccountEachTime) {
    const auto resolver = serve(some_jwts(1));
    ASSERT_NE(resolver, nullptr);
    for (int i = 0; i < 3; ++i) {
        const auto got = fetch(*resolver, account_key(7));
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, Errc::not_found) << got.error().text;
    }
}

TEST_P(ResolverConformance, RefusesWhatIsNoAccountKey) {
    const auto resolver = serve(some_jwts(1));
    ASSERT_NE(resolver, nullptr);
    const std::string key = account_key(0);
    const std::vector<std::string> bad = {"",
                                          "A",
                                          "../../etc/passwd",
                                          "U" + key.substr(1),
                                          key + "A",
                                          key + "/",
                                          "A/" + key.substr(2),
                                          key.substr(0, 55),
                                          "a" + key.substr(1),
                                          key.substr(0, 55) + "1",
                                          key.substr(0, 55) + std::string(1, '\0')};
    for (const auto& account : bad) {
        const auto got = fetch(*resolver, account);
        ASSERT_FALSE(got) << account;
        EXPECT_EQ(got.error().code, Errc::invalid) << account;
        if (resolver->can_store()) {
            EXPECT_EQ(store(*resolver, account, jwt_of("x")).error().code, Errc::invalid);
        }
        if (resolver->can_erase()) {
            EXPECT_EQ(erase(*resolver, account).error().code, Errc::invalid);
        }
    }
}

TEST_P(ResolverConformance, AnswersManyThreadsAtATime) {
    const Jwts jwts = some_jwts(20);
    const auto resolver = serve(jwts);
    ASSERT_NE(resolver, nullptr);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            std::vector<std::pair<std::string, Answer<std::string>>> answers;
            for (const auto& [account, jwt] : jwts) {
                answers.emplace_back(jwt, Answer<std::string>());
                resolver->fetch(account, answers.back().second.callback());
            }
            for (auto& [jwt, answer] : answers) wrong += answer.get() == jwt ? 0 : 1;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(log_.count("ignored an answer"), 0U) << log_.all();
}

TEST_P(ResolverConformance, StoresAndReplaces) {
    const auto resolver = serve({});
    ASSERT_NE(resolver, nullptr);
    const std::string account = account_key(3);
    if (!resolver->can_store()) {
        EXPECT_EQ(store(*resolver, account, jwt_of("1")).error().code, Errc::unsupported);
        return;
    }
    for (const char* payload : {"1", "22", "3"}) {
        ASSERT_TRUE(store(*resolver, account, jwt_of(payload)));
        EXPECT_EQ(fetch(*resolver, account), jwt_of(payload));
    }
}

TEST_P(ResolverConformance, StoresJwtsOfEverySizeUpToTheLimit) {
    const auto resolver = serve({});
    ASSERT_NE(resolver, nullptr);
    if (!resolver->can_store()) GTEST_SKIP() << "read-only";
    for (const size_t size : {size_t{1}, size_t{4096}, jwt_bytes_max}) {
        const std::string jwt(size, 'x');
        ASSERT_TRUE(store(*resolver, account_key(1), jwt)) << size;
        EXPECT_TRUE(fetch(*resolver, account_key(1)) == jwt) << size;
    }
    for (const size_t size : {size_t{0}, jwt_bytes_max + 1}) {
        const auto refused = store(*resolver, account_key(1), std::string(size, 'x'));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::invalid);
    }
}

TEST_P(ResolverConformance, ListsWhatIsStored) {
    const Jwts jwts = some_jwts(25);
    const auto resolver = serve(jwts);
    ASSERT_NE(resolver, nullptr);
    const auto listed = list(*resolver);
    if (!resolver->can_list()) {
        ASSERT_FALSE(listed);
        EXPECT_EQ(listed.error().code, Errc::unsupported);
        return;
    }
    ASSERT_TRUE(listed) << listed.error().text;
    std::vector<std::string> accounts;
    for (const auto& [account, jwt] : jwts) accounts.push_back(account);
    EXPECT_THAT(*listed, UnorderedElementsAreArray(accounts));
}

TEST_P(ResolverConformance, ListsInPagesOfAnySize) {
    const Jwts jwts = some_jwts(7);
    const auto raw = serve_raw(jwts);
    if (raw == nullptr || table_->list == nullptr) GTEST_SKIP() << "lists nothing that is there";
    for (const uint32_t limit : {1U, 3U, 7U, 100U}) {
        std::vector<std::string> listed;
        std::string cursor;
        do {
            const RawAnswer page = raw->list(cursor, limit);
            ASSERT_EQ(page.status, MIDGE_OK);
            const auto count = std::count(page.value.begin(), page.value.end(), '\n');
            ASSERT_LE(static_cast<size_t>(count), limit);
            for (const auto line : split(page.value, '\n')) {
                if (!line.empty()) listed.emplace_back(line);
            }
            cursor = page.cursor;
        } while (!cursor.empty() && listed.size() <= jwts.size());
        std::vector<std::string> accounts;
        for (const auto& [account, jwt] : jwts) accounts.push_back(account);
        EXPECT_THAT(listed, UnorderedElementsAreArray(accounts)) << limit;
    }
}

TEST_P(ResolverConformance, SpareTheHostWhatItHas) {
    const std::string account = account_key(0);
    const auto resolver = serve(some_jwts(1));
    ASSERT_NE(resolver, nullptr);
    const auto unchanged = fetch_if_changed(*resolver, account, jwt_of("0"));
    ASSERT_TRUE(unchanged) << unchanged.error().text;
    EXPECT_FALSE(unchanged->has_value());
    for (const char* known : {"other", ""}) {
        const auto changed = fetch_if_changed(*resolver, account, *known == 0 ? "" : jwt_of(known));
        ASSERT_TRUE(changed) << changed.error().text;
        EXPECT_EQ(changed->value_or("unchanged"), jwt_of("0"));
    }
    EXPECT_EQ(fetch_if_changed(*resolver, account_key(5), jwt_of("0")).error().code,
              Errc::not_found);
}

TEST_P(ResolverConformance, AnswersASetOfAccountsEachForItself) {
    const Jwts jwts = some_jwts(100);
    const auto resolver = serve(jwts);
    ASSERT_NE(resolver, nullptr);
    std::vector<std::string> accounts;
    for (size_t i = 0; i < 150; ++i) accounts.push_back(account_key(i));
    std::vector<Answer<std::string>> answers(accounts.size());
    resolver->fetch_each(accounts, [&](size_t i, Result<std::string> jwt) {
        answers.at(i).callback()(std::move(jwt));
    });
    for (size_t i = 0; i < accounts.size(); ++i) {
        const auto got = answers[i].get();
        const auto stored = jwts.find(accounts[i]);
        if (stored != jwts.end()) {
            EXPECT_EQ(got, stored->second) << i;
        } else {
            ASSERT_FALSE(got) << i;
            EXPECT_EQ(got.error().code, Errc::not_found) << i;
        }
    }
}

TEST_P(ResolverConformance, StoresOnlyOverWhatTheHostExpects) {
    const auto resolver = serve({});
    ASSERT_NE(resolver, nullptr);
    const std::string account = account_key(4);
    if (!resolver->can_store_if()) {
        EXPECT_EQ(store_if(*resolver, account, jwt_of("1"), std::nullopt).error().code,
                  Errc::unsupported);
        return;
    }
    EXPECT_EQ(store_if(*resolver, account, jwt_of("1"), jwt_of("0")), false) << "none is stored";
    EXPECT_EQ(store_if(*resolver, account, jwt_of("1"), std::nullopt), true);
    EXPECT_EQ(store_if(*resolver, account, jwt_of("2"), std::nullopt), false) << "one is stored";
    EXPECT_EQ(store_if(*resolver, account, jwt_of("2"), jwt_of("0")), false) << "another one";
    EXPECT_EQ(fetch(*resolver, account), jwt_of("1"));
    EXPECT_EQ(store_if(*resolver, account, jwt_of("2"), jwt_of("1")), true);
    EXPECT_EQ(fetch(*resolver, account), jwt_of("2"));
}

TEST_P(ResolverConformance, OneOfManyStoresWins) {
    const auto resolver = serve({});
    ASSERT_NE(resolver, nullptr);
    if (!resolver->can_store_if()) GTEST_SKIP() << "does not compare";
    std::atomic<int> won = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            const auto stored =
                store_if(*resolver, account_key(4), jwt_of(std::to_string(thread)), std::nullopt);
            won += stored.value_or(false) ? 1 : 0;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
}

TEST_P(ResolverConformance, SaysHowItIs) {
    const auto resolver = serve(some_jwts(1));
    ASSERT_NE(resolver, nullptr);
    std::vector<ComponentReport> reports;
    resolver->report(reports);
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].kind, "resolver");
    EXPECT_EQ(reports[0].plugin, GetParam().name);
    EXPECT_EQ(reports[0].health, Health::ok) << reports[0].text;
    EXPECT_GE(reports[0].metrics.size(), 3U) << "one of its own at least";
    resolver->stop();
    resolver->report(reports);
    EXPECT_EQ(reports.size(), 2U);
}

TEST_P(ResolverConformance, HasATableOfItsSettings) {
    EXPECT_GT(table_->setting_count, 0U);
    for (uint32_t i = 0; i < table_->setting_count; ++i)
        EXPECT_GT(table_->settings[i].help.size, 0U) << i;
}

TEST_P(ResolverConformance, RefusesASettingOfAnotherType) {
    const std::string name(plugin::view(table_->settings[0].name));
    const auto made = make("{\"" + name + "\":17}");
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().text, HasSubstr("\"" + name + "\" has another type, expected"));
}

TEST_P(ResolverConformance, ErasesAlsoWhatIsNotThere) {
    const auto resolver = serve(some_jwts(2));
    ASSERT_NE(resolver, nullptr);
    if (!resolver->can_erase()) {
        EXPECT_EQ(erase(*resolver, account_key(0)).error().code, Errc::unsupported);
        return;
    }
    ASSERT_TRUE(erase(*resolver, account_key(0)));
    EXPECT_EQ(fetch(*resolver, account_key(0)).error().code, Errc::not_found);
    EXPECT_TRUE(fetch(*resolver, account_key(1)));
    EXPECT_TRUE(erase(*resolver, account_key(0)));
    EXPECT_EQ(list(*resolver)->size(), 1U);
}

TEST_P(ResolverConformance, TwoInstancesServeAtATime) {
    const Jwts jwts = some_jwts(2);
    const auto old_one = serve(jwts);
    const auto new_one = serve(jwts);
    ASSERT_NE(old_one, nullptr);
    ASSERT_NE(new_one, nullptr);
    old_one->stop();
    EXPECT_EQ(fetch(*new_one, account_key(1)), jwts.at(account_key(1)));
}

TEST_P(ResolverConformance, AnswersUnavailableOnceStopped) {
    const auto resolver = serve(some_jwts(1));
    ASSERT_NE(resolver, nullptr);
    resolver->stop();
    resolver->stop();
    EXPECT_EQ(fetch(*resolver, account_key(0)).error().code, Errc::unavailable);
}

TEST_P(ResolverConformance, StopLeavesNoRequestUnanswered) {
    const auto resolver = serve(some_jwts(30));
    ASSERT_NE(resolver, nullptr);
    std::vector<Answer<std::string>> answers(30);
    for (size_t i = 0; i < answers.size(); ++i) {
        resolver->fetch(account_key(i), answers[i].callback());
    }
    resolver->stop();
    for (auto& answer : answers) {
        ASSERT_TRUE(answer.ready());
        const auto got = answer.get();
        EXPECT_TRUE(got || got.error().code == Errc::unavailable) << got.error().text;
    }
}

TEST_P(ResolverConformance, RefusesSettingsThatItDoesNotKnow) {
    const auto made = make(one_setting("no_such_setting", "x"));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::invalid);
    EXPECT_THAT(made.error().text, HasSubstr("no_such_setting"));
    EXPECT_EQ(log_.count("no_such_setting"), 1U) << log_.all();
}

TEST_P(ResolverConformance, RefusesSettingsThatAreNoJsonObject) {
    for (const char* config : {"", "[]", "{", "null", "{\"a\":"}) {
        EXPECT_FALSE(make(config)) << config;
    }
}

const std::filesystem::path built_plugins = MIDGE_TEST_PLUGIN_DIR;

INSTANTIATE_TEST_SUITE_P(
    Plugins, ResolverConformance,
    ::testing::Values(
        Candidate{"memory_loaded", "resolver-memory", built_plugins, nullptr,
                  &make_storage<MemoryStorage>},
        Candidate{"memory_linked", "resolver-memory", "", &resolver_memory_table,
                  &make_storage<MemoryStorage>},
        Candidate{"dir_loaded", "resolver-dir", built_plugins, nullptr, &make_storage<DirStorage>},
        Candidate{"dir_linked", "resolver-dir", "", &resolver_dir_table, &make_storage<DirStorage>},
        Candidate{"url_loaded", "resolver-url", built_plugins, nullptr, &make_storage<UrlStorage>},
        Candidate{"url_linked", "resolver-url", "", &resolver_url_table, &make_storage<UrlStorage>},
        Candidate{"plain_c_loaded", "c-resolver", MIDGE_TEST_OWN_PLUGIN_DIR, nullptr,
                  &make_storage<StoredStorage>},
        Candidate{"example_loaded", "resolver-example", MIDGE_TEST_EXAMPLE_DIR, nullptr,
                  &make_storage<ExampleStorage>}),
    [](const auto& tested) { return tested.param.title; });

}  // namespace
}  // namespace midge::test
