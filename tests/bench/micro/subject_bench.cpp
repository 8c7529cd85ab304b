#include <benchmark/benchmark.h>

#include "subject/match_cache.h"
#include "subject/subject_index.h"

namespace midge {
namespace {

std::string numbered(int64_t number, const char* last_token) {
    return "w." + std::to_string(number) + "." + last_token;
}

// Subscriptions "w.<i>.*", and subjects that each match one of them.
struct World {
    SubjectIndex index;
    std::vector<std::string> subjects;

    explicit World(int64_t subscriptions) {
        for (int64_t i = 0; i < subscriptions; ++i) {
            index.insert(make_ref<IndexEntry>(numbered(i, "*"), ""));
            subjects.push_back(numbered(i, "x"));
        }
    }
    // Returns the next subject, in a fixed order that is not sequential.
    [[nodiscard]] const std::string& next() {
        constexpr size_t step = 7919;
        at_ = (at_ + step) % subjects.size();
        return subjects[at_];
    }

  private:
    size_t at_ = 0;
};

void match_in_index(benchmark::State& state) {
    World world(state.range(0));
    for (auto _ : state) benchmark::DoNotOptimize(world.index.match(world.next()));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(match_in_index)->Arg(1)->Arg(10'000)->Arg(1'000'000);

void match_cache_hit(benchmark::State& state) {
    World world(state.range(0));
    MatchCache cache(64 * 1024 * 1024);
    RecentMatch recent;
    for (int twice = 0; twice < 2; ++twice) {
        for (const std::string& subject : world.subjects)
            benchmark::DoNotOptimize(&recent.find(cache, world.index, subject));
    }
    for (auto _ : state) benchmark::DoNotOptimize(&recent.find(cache, world.index, world.next()));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(match_cache_hit)->Arg(1)->Arg(10'000);

void insert_and_remove(benchmark::State& state) {
    World world(state.range(0));
    const auto entry = make_ref<IndexEntry>("w.one.more", "");
    for (auto _ : state) {
        world.index.insert(entry);
        benchmark::DoNotOptimize(world.index.remove(*entry));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(insert_and_remove)->Arg(1)->Arg(10'000);

}  // namespace
}  // namespace midge
