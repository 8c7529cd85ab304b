// Hosts and plugins that were built with different headers of the same ABI version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/plugin_library.h"
#include "host/plugin_resolver.h"
#include "host/plugin_sink.h"
#include "plugin/plugin_support.h"
#include "plugin/raw_resolver.h"
#include "resolver-memory/memory_resolver.h"
#include "sink-file/file_sink.h"

namespace midge::test {
namespace {

template <class Table>
const Table& table_of(const char* library) {
    const auto loaded = load_plugin<Table>(library, MIDGE_TEST_OWN_PLUGIN_DIR);
    if (!loaded) throw std::runtime_error(loaded.error().text);
    return *loaded->table;
}

std::unique_ptr<PluginResolver> resolver_of(const char* library, Logger& log) {
    auto made = PluginResolver::create(table_of<midge_resolver>(library), {}, {}, log);
    EXPECT_TRUE(made) << made.error().text;
    return made ? std::move(*made) : nullptr;
}

TEST(PluginVersions, AnOlderResolverLacksOnlyWhatItDoesNotKnow) {
    CaptureLogger log;
    const auto resolver = resolver_of("older-plugin", log);
    EXPECT_EQ(fetch(*resolver, account_key(1)), "e30.e30.e30");
    EXPECT_FALSE(resolver->can_store());
    EXPECT_FALSE(resolver->can_list());
    EXPECT_FALSE(resolver->can_erase());
    EXPECT_FALSE(resolver->can_store_if());
    std::vector<ComponentReport> reports;
    resolver->report(reports);
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].health, Health::ok);
}

TEST(PluginVersions, AnOlderSinkLacksOnlyWhatItDoesNotKnow) {
    CaptureLogger log;
    auto sink = PluginSink::create(table_of<midge_sink>("older-plugin"), {}, log);
    ASSERT_TRUE(sink) << sink.error().text;
    const SinkEvent event{"a.b", "{}", 1};
    (*sink)->publish({&event, 1});
    (*sink)->flush();
    (*sink)->reopen();
    ComponentReport report;
    EXPECT_TRUE((*sink)->report(report));
    EXPECT_EQ(log.count("older: a.b"), 1U) << log.all();
}

TEST(PluginVersions, ANewerPluginGoesOnWithAnOlderHost) {
    CaptureLogger log;
    const auto resolver = resolver_of("newer-plugin", log);
    EXPECT_EQ(fetch(*resolver, account_key(1)), "e30.e30.e30");
    EXPECT_FALSE(resolver->can_store_if()) << "features that the host does not know are ignored";
    const auto sink = PluginSink::create(table_of<midge_sink>("newer-plugin"), {}, log);
    ASSERT_TRUE(sink) << sink.error().text;
    const SinkEvent event{"a.b", "{}", 1};
    (*sink)->publish({&event, 1});
    EXPECT_EQ(log.count("newer: an older host, going on without"), 2U) << log.all();
    EXPECT_EQ(log.count("newer: a.b"), 1U);
}

std::string greeting;

// A host whose table has one function more than this header.
struct NewerHost {
    midge_resolver_host known;
    void (*greet)(void* self, midge_text line);
};

TEST(PluginVersions, ANewerPluginUsesWhatANewerHostHas) {
    NewerHost host = {{sizeof(NewerHost), MIDGE_RESOLVER_ABI, nullptr,
                       [](void*, int, midge_text) {}, nullptr, nullptr, nullptr},
                      [](void*, midge_text line) { greeting = plugin::view(line); }};
    const midge_resolver_start start = {sizeof(start), 0, plugin::text("x"), plugin::text("{}")};
    void* self = nullptr;
    greeting.clear();
    EXPECT_EQ(table_of<midge_resolver>("newer-plugin").create(&host.known, &start, &self),
              MIDGE_OK);
    EXPECT_EQ(greeting, "hello, new host");
}

TEST(PluginVersions, PluginsOfThisTreeTakeANewerHost) {
    RawResolver host(*resolver_memory_table(), sizeof(midge_resolver_host) + 64);
    ASSERT_EQ(host.create("{}"), MIDGE_OK);
    EXPECT_EQ(host.fetch(account_key(1), "").status, MIDGE_NOT_FOUND);
}

TEST(PluginVersions, PluginsRefuseAHostOfAnotherAbiOrWithoutItsRequiredFunctions) {
    for (const midge_resolver* table :
         {resolver_memory_table(), &table_of<midge_resolver>("c-resolver")}) {
        RawResolver small(*table, offsetof(midge_resolver_host, version_of));
        EXPECT_EQ(small.create("{}"), MIDGE_INVALID);
        RawResolver other(*table, sizeof(midge_resolver_host), 3);
        EXPECT_EQ(other.create("{}"), MIDGE_INVALID);
    }
    const midge_sink_start start = {
        sizeof(start), 0, plugin::text("x"), plugin::text("{}"), {nullptr, 0}, 0, 0};
    for (const midge_sink* table : {sink_file_table(), &table_of<midge_sink>("c-sink")}) {
        void* self = nullptr;
        midge_sink_host host{};
        host.log = [](void*, int, midge_text) {};
        host.size = offsetof(midge_sink_host, acknowledge);
        host.abi = MIDGE_SINK_ABI;
        EXPECT_EQ(table->create(&host, &start, &self), MIDGE_INVALID);
        host.size = sizeof(midge_sink_host);
        host.abi = 1;
        EXPECT_EQ(table->create(&host, &start, &self), MIDGE_INVALID);
    }
}

TEST(PluginVersions, AFieldIsThereOnlyIfItsWriterKnewAllOfIt) {
    midge_list request{};
    request.size = sizeof(request);
    EXPECT_TRUE(MIDGE_HAS(&request, limit));
    request.size = offsetof(midge_list, limit) + sizeof(request.limit);
    EXPECT_TRUE(MIDGE_HAS(&request, limit));
    request.size -= 1;
    EXPECT_FALSE(MIDGE_HAS(&request, limit));
    EXPECT_TRUE(MIDGE_HAS(&request, cursor));
}

}  // namespace
}  // namespace midge::test
