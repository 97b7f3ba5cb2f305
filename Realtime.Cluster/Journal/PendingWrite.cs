namespace Realtime.Cluster.Journal;

/// <param name="Request"><see cref="AppendRequest"/>, <see cref="SessionWrite"/>, or a store's own kind of write.</param>
internal readonly record struct PendingWrite(object Request, IWriteReceiver Receiver, int Bytes);
