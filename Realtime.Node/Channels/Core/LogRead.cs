using Realtime.Cluster.Sharding;
using Realtime.Messages.Positions;

namespace Realtime.Node.Channels.Core;

/// <summary>A read that goes to the store, and how its answer is to be shaped.</summary>
/// <param name="IsHistory">A page for a client rather than for a relay.</param>
/// <param name="Reverse">The client wants newest first; the store still reads oldest first.</param>
public sealed record LogRead(ReplyTo To, long After, int Limit, int MaxBytes, bool IsHistory = false, bool Reverse = false);
