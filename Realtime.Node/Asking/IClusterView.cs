namespace Realtime.Node.Asking;

/// <summary>Asks the whole cluster about channels and sessions, whichever node has them.</summary>
internal interface IClusterView
{
    /// <param name="who">Who asks, for the audit.</param>
    /// <param name="path">Decoded, such as <c>sessions</c> and an id.</param>
    /// <param name="body">JSON of an action; empty when there is none.</param>
    Task<ClusterAnswer> AskAsync(
        string who, string from, string method, IReadOnlyList<string> path, IReadOnlyDictionary<string, string> query, ReadOnlyMemory<byte> body, CancellationToken cancellation);
}
