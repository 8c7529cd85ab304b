#pragma once
// For authors of event sink plugins in C++: derive from Sink, export it with MIDGE_EXPORT_SINK.
// Needs C++17 and the standard library only.
#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

#include "midge_sink.h"
#include "plugin_text.hpp"

namespace midge::plugin {

using SinkHost = HostLog<midge_sink_host>;

// A sink instance. A class T that derives from it has a constructor `T(SinkHost host,
// std::string_view config_json)` that throws std::exception with the reason when the settings are
// wrong. The rules of midge_sink.h apply.
class Sink {
  public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default;

    virtual void publish(std::string_view subject, std::string_view json, uint64_t sequence) = 0;
    // False: not everything is out yet.
    virtual bool flush(std::chrono::milliseconds) { return true; }
    virtual void stop() {}
};

// The C functions of a T. Every one of them ends exceptions here.
template <class T>
class SinkThunks {
    static_assert(std::is_base_of_v<Sink, T>);

    // The instance behind `self`.
    struct Instance {
        const midge_sink_host* host;
        T sink;
        Instance(const midge_sink_host* h, std::string_view config)
            : host(h), sink(SinkHost(h), config) {}
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

    static int create(const midge_sink_host* host, midge_text config, void** self) noexcept {
        *self = nullptr;
        guarded(host, "", [&] { *self = new Instance(host, view(config)); });
        return *self == nullptr ? MIDGE_INVALID : MIDGE_OK;
    }
    static void publish(void* self, midge_text subject, midge_text json, uint64_t seq) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host,
                "publish failed: ", [&] { it.sink.publish(view(subject), view(json), seq); });
    }
    static int flush(void* self, uint32_t timeout_ms) noexcept {
        auto& it = *static_cast<Instance*>(self);
        bool done = false;
        guarded(it.host, "flush failed: ", [&] {
            done = it.sink.flush(std::chrono::milliseconds(timeout_ms));
        });
        return done ? MIDGE_OK : MIDGE_UNAVAILABLE;
    }
    static void stop(void* self) noexcept {
        auto& it = *static_cast<Instance*>(self);
        guarded(it.host, "stop failed: ", [&] { it.sink.stop(); });
    }
    static void destroy(void* self) noexcept { delete static_cast<Instance*>(self); }

  public:
    // `name` and `version` as in midge_sink; string literals.
    static constexpr midge_sink table(std::string_view name, std::string_view version) {
        return {sizeof(midge_sink), MIDGE_SINK_ABI, text(name), text(version), &create,
                &publish,           &flush,         &stop,      &destroy};
    }
};

}  // namespace midge::plugin

// Exports class T as the sink of this library. Once, at namespace scope, outside any namespace.
#define MIDGE_EXPORT_SINK(T, name, version)                                                     \
    extern "C" MIDGE_PLUGIN_EXPORT const midge_sink* midge_sink_v1() {                          \
        static constexpr midge_sink table = midge::plugin::SinkThunks<T>::table(name, version); \
        return &table;                                                                          \
    }
