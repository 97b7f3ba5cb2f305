using Realtime.Cluster.Journal;
using Realtime.Messages.Exports;

namespace Realtime.Node.Sessions;

/// <summary>What a session begins with: what its predecessor on another node gave it, or else its row.</summary>
internal readonly record struct SessionStart(StoredSession? Row, ExportedSession? Import);
