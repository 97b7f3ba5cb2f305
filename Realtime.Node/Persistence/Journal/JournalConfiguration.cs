using System.Globalization;
using Akka.Configuration;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Persistence.Journal;

/// <summary>The HOCON of both journals and of the snapshots, in one place.</summary>
internal static class JournalConfiguration
{
    public static Config Of(Journals journals, JournalOptions options) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka.persistence {
          max-concurrent-recoveries = {{options.Recoveries}}
          journal.plugin = "{{journals.Channels.PluginId}}"
          snapshot-store.plugin = "{{journals.Channels.SnapshotPluginId}}"
        }
        {{Journal(journals.Channels, journals.Store, options)}}
        {{Journal(journals.Sessions, journals.Store, options)}}
        {{Snapshots(journals.Channels, journals.Store)}}
        """));

    /// <remarks>
    /// The replay filter would discard an older writer's events that follow a newer one's, acknowledged ones included. A breaker that opens
    /// after ten failures opens for one failed batch. Without parameters each batch is one text with its events in hexadecimal. Connections
    /// come from the driver's pool, so none is cloned.
    /// </remarks>
    private static string Journal(JournalHandle journal, EventStore store, JournalOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {{journal.PluginId}} {
          class = "{{typeof(RealtimeWriteJournal).FullName}}, {{typeof(RealtimeWriteJournal).Assembly.GetName().Name}}"
          plugin-id = "{{journal.PluginId}}"
          parallelism = {{store.Writers}}
          buffer-size = {{options.BufferWrites}}
          batch-size = {{options.BatchEvents}}
          db-round-trip-max-batch-size = {{options.BatchEvents}}
          prefer-parameters-on-multirow-insert = on
          tag-write-mode = Csv
          auto-initialize = off
          use-clone-connection = off
          delete-compatibility-mode = off
          replay-filter.mode = off
          recovery-event-timeout = 30s
          circuit-breaker {
            max-failures = {{options.BreakerFailures}}
            call-timeout = {{options.CallTimeout.TotalMilliseconds}}ms
            reset-timeout = {{options.BreakerReset.TotalMilliseconds}}ms
          }
          default {
            schema-name = {{store.Schema ?? "null"}}
            journal {
              table-name = "{{journal.Table.Name}}"
              use-writer-uuid-column = off
            }
          }
        }
        """);

    private static string Snapshots(JournalHandle journal, EventStore store) =>
        $$"""
        {{journal.SnapshotPluginId}} {
          class = "{{typeof(RealtimeSnapshotStore).FullName}}, {{typeof(RealtimeSnapshotStore).Assembly.GetName().Name}}"
          plugin-id = "{{journal.SnapshotPluginId}}"
          auto-initialize = off
          use-clone-connection = off
          circuit-breaker {
            max-failures = 1000
            call-timeout = {{journal.Options.CallTimeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}}ms
            reset-timeout = {{journal.Options.BreakerReset.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}}ms
          }
          default {
            schema-name = {{store.Schema ?? "null"}}
            snapshot.table-name = "{{EventStore.SnapshotTable}}"
          }
        }
        """;
}
