#pragma once
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "event/event_sink.h"

namespace midge::test {

// Collects events, and lets tests wait for them.
class CollectingSink final : public EventSink {
  public:
    struct Store {
        std::mutex mutex;
        std::condition_variable arrived;
        std::vector<std::pair<std::string, std::string>> events;

        // Returns an event whose subject ends in `ending`; empty after 20 seconds.
        std::string wait_for(const std::string& ending) {
            std::unique_lock lock(mutex);
            std::string found;
            arrived.wait_for(lock, std::chrono::seconds(20), [&] {
                for (const auto& [subject, json] : events) {
                    if (subject.ends_with(ending)) found = json;
                }
                return !found.empty();
            });
            return found;
        }
    };
    explicit CollectingSink(std::shared_ptr<Store> store) : store_(std::move(store)) {}
    [[nodiscard]] std::string_view name() const noexcept override { return "collecting"; }
    void publish(std::span<const SinkEvent> events) override {
        const std::lock_guard lock(store_->mutex);
        for (const SinkEvent& event : events) {
            store_->events.emplace_back(event.subject, event.json);
        }
        store_->arrived.notify_all();
    }
    void flush() override {}

  private:
    std::shared_ptr<Store> store_;
};

}  // namespace midge::test
