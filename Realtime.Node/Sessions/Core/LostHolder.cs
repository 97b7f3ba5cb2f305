using Akka.Actor;

namespace Realtime.Node.Sessions.Core;

/// <summary>A session whose connection on another node is taken for gone.</summary>
internal readonly record struct LostHolder(IActorRef Session, IActorRef Connection);
