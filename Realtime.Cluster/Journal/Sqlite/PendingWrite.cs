namespace Realtime.Cluster.Journal.Sqlite;

/// <param name="Request"><see cref="AppendRequest"/>, <see cref="SessionWrite"/>, <see cref="CreateLog"/> or <see cref="SweepSessions"/>.</param>
internal readonly record struct PendingWrite(object Request, IWriteReceiver Receiver, int Bytes);
