namespace Realtime.Node.Outboxes.Logs;

/// <summary>Another worker has written the place: this one is not the cluster's any more.</summary>
internal sealed class PlaceTakenException(string message) : Exception(message);
