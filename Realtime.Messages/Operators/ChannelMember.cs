namespace Realtime.Messages.Operators;

public sealed record ChannelMember(string Session, string? User);
