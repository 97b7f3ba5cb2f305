using System.Net;
using System.Text.Json;
using Realtime.Cluster.Journal;
using Realtime.Tests.Cluster.Checking;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>The store that the nodes of a stage share, and how tests look into it past the nodes.</summary>
internal abstract class StageStore : IAsyncDisposable
{
    /// <summary>Null: it is a file.</summary>
    public abstract IPEndPoint? Endpoint { get; }

    /// <summary>What <c>Realtime:Store</c> is for a node.</summary>
    public abstract string Address(string node, int? port);

    /// <summary>Begins to watch who writes and who owns, when the tables are there.</summary>
    public abstract Task WatchAsync(IReadOnlyCollection<string> channels, int shards);

    public abstract Task<ClusterRows> RowsAsync();

    public abstract Task<IReadOnlyList<Death>?> DeathsAsync();

    /// <param name="wrongEvictions">Judged by whoever knows what was done to the nodes.</param>
    public abstract Task<FinalState> FinalAsync(IReadOnlyList<string> wrongEvictions);

    public abstract ValueTask DisposeAsync();

    /// <summary>The load's payloads are JSON strings.</summary>
    protected static string PayloadOf(long offset, ReadOnlySpan<byte> record) =>
        JsonSerializer.Deserialize<string>(RecordCodec.Read(offset, 0, record).Payload.Bytes.Span) ?? "null";
}
