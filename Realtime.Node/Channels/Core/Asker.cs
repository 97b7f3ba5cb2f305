using Akka.Actor;

namespace Realtime.Node.Channels.Core;

/// <summary>Who waits for an answer, and by which tag it knows it.</summary>
public readonly record struct Asker(IActorRef Ref, long Tag);
