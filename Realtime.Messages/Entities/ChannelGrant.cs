namespace Realtime.Messages.Entities;

/// <summary>A token's word that its bearer may do something on channels.</summary>
/// <param name="Pattern">The name of a channel, or the beginning of names and <c>*</c> as its last character.</param>
public readonly record struct ChannelGrant(string Pattern, ChannelRights Rights);
