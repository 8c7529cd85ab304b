#pragma once
// For authors of event sink plugins in C++: derive from Sink, and export the class with
// MIDGE_EXPORT_SINK. Needs only C++17 and the standard library.
#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

#include "midge_sink.h"
#include "plugin_text.hpp"

namespace midge::plugin {

// The host from the view of a sink. A value that may be copied freely. Any thread.
class SinkHost : public HostLog<midge_sink_host> {
  public:
    using HostLog::HostLog;
    // Requires: called in the constructor. Returns false if the host refuses the pattern.
    [[nodiscard]] bool filter(std::string_view pattern) const noexcept {
        return host_->filter(host_->self, text(pattern)) == MIDGE_OK;
    }
    void ready() const noexcept { host_->ready(host_->self); }
    void acknowledge(uint64_t sequence) const noexcept {
        host_->acknowledge(host_->self, sequence);
    }
};

// The input of a constructor; the views are valid during its call.
struct SinkStart {
    std::string_view instance;
    std::string_view config_json;
    std::string_view server_id;
    uint64_t epoch = 0;
    uint64_t acknowledged = 0;
};

// The number of events that were taken, and the status for the others.
struct Taken {
    uint32_t count = 0;
    int status = MIDGE_OK;
};

// A sink instance. A derived class T needs a constructor `T(SinkHost host, const SinkStart&
// start)`, which throws std::exception with the reason if the settings are wrong. T may also have a
// static constexpr array `settings` of midge_setting, which the host checks. The rules of
// midge_sink.h apply.
class Sink {
  public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default;

    virtual Taken publish(const midge_batch& batch) = 0;
    // Returns false if not all events have left the process in time.
    virtual bool flush(std::chrono::milliseconds) { return true; }
    virtual void reopen() {}
    virtual void report(const Report&) {}
    virtual void stop() {}
};

template <class T, class = void>
struct SinkTraits {
    static constexpr const midge_setting* settings = nullptr;
    static constexpr uint32_t setting_count = 0;
};
template <class T>
struct SinkTraits<T, std::void_t<decltype(T::settings)>> {
    static constexpr const midge_setting* settings = T::settings;
    static constexpr uint32_t setting_count = sizeof(T::settings) / sizeof(midge_setting);
};

// The C functions of a class T. None of them lets an exception pass.
template <class T>
class SinkThunks {
    static_assert(std::is_base_of_v<Sink, T>);

    // The instance behind `self`.
    struct Instance {
        const midge_sink_host* host;
        T sink;
        Instance(const midge_sink_host* h, const SinkStart& start)
            : host(h), sink(SinkHost(h), start) {}
    };

    template <class Call>
    static void guarded(const midge_sink_host* host, std::string_view what, Call call) noexcept {
        const SinkHost log(host);
        try {
            call();
        } catch (const std::exception& e) {
            log.error(std::string(what) + e.what());
        } catch (...) {
            log.error(std::string(what) + "unknown exception");
        }
    }

    static int create(const midge_sink_host* host, const midge_sink_start* start,
                      void** self) noexcept {
        *self = nullptr;
        // The name of the export means the same version, but a program that links a plugin in may
        // make a mistake.
        if (host->abi != MIDGE_SINK_ABI || !MIDGE_HAS(host, acknowledge)) return MIDGE_INVALID;
        guarded(host, "", [&] {
            *self = new Instance(host, {view(start->instance), view(start->config_json),
                                        view(start->server_id), start->epoch, start->acknowledged});
        });
        return *self == nullptr ? MIDGE_INVALID : MIDGE_OK;
    }
    static int publish(void* self, const midge_batch* batch, uint32_t* taken) noexcept {
        auto& it = *static_cast<Instance*>(self);
        Taken result{0, MIDGE_FAILED};
        guarded(it.host, "publish failed: ", [&] { result = it.sink.publish(*batch); });
        *taken = result.count;
        return result.status;
    }
    static int flush(void* self, uint32_t timeout_ms) noexcept {
        auto& it = *static_cast<Instance*>(self);
        bool done = false;
        guarded(it.host, "flush failed: ", [&] {
            done = it.sink.flush(std::chrono::milliseconds(timeout_ms));
        });
        return done ? MIDGE_OK : MIDGE_UNAVAILABLE;
    }
    static void reopen(void* self) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "reopen failed: ", [&] { it.sink.reopen(); });
    }
    static void report(void* self, const midge_report* to) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "report failed: ", [&] { it.sink.report(Report(to)); });
    }
    static void stop(void* self) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "stop failed: ", [&] { it.sink.stop(); });
    }
    static void destroy(void* self) noexcept { delete static_cast<Instance*>(self); }

  public:
    // `name` and `version` as in midge_sink; string literals.
    static constexpr midge_sink table(std::string_view name, std::string_view version) {
        constexpr bool flushes = !std::is_same_v<decltype(&T::flush), decltype(&Sink::flush)>;
        constexpr bool reopens = !std::is_same_v<decltype(&T::reopen), decltype(&Sink::reopen)>;
        constexpr bool reports = !std::is_same_v<decltype(&T::report), decltype(&Sink::report)>;
        return {sizeof(midge_sink),
                MIDGE_SINK_ABI,
                text(name),
                text(version),
                &create,
                &publish,
                &stop,
                &destroy,
                flushes ? &flush : nullptr,
                reopens ? &reopen : nullptr,
                reports ? &report : nullptr,
                SinkTraits<T>::settings,
                SinkTraits<T>::setting_count,
                0};
    }
};

}  // namespace midge::plugin

// Exports class T as the sink of this library. Use it once, outside any namespace.
#define MIDGE_EXPORT_SINK(T, name, version)                                                     \
    extern "C" MIDGE_PLUGIN_EXPORT const midge_sink* midge_sink_v2() {                          \
        static constexpr midge_sink table = midge::plugin::SinkThunks<T>::table(name, version); \
        return &table;                                                                          \
    }
