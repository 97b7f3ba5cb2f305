using Realtime.Messages.Frames;

namespace Realtime.Node.Gateway;

/// <summary>What a session is allowed, by the names that <c>welcome</c> has for it.</summary>
public sealed record GatewayLimits(int MessageBytes, int FrameBytes, int Subscriptions, int Inflight, int SeqWindow)
{
    public static GatewayLimits? Of(SessionLimits? limits) =>
        limits is null ? null : new(limits.MessageBytes, limits.FrameBytes, limits.Subscriptions, limits.InFlight, limits.SequenceWindow);
}
