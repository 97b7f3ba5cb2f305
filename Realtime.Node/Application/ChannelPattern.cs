using Realtime.Messages.Ids;

namespace Realtime.Node.Application;

/// <summary>The name of a channel, or the beginning of names and <c>*</c> as its last character. Compared character by character: names have one form only.</summary>
internal readonly record struct ChannelPattern
{
    private readonly string _text;
    private readonly bool _isPrefix;

    private ChannelPattern(string text, bool isPrefix) => (_text, _isPrefix) = (text, isPrefix);

    public static ChannelPattern Parse(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var isPrefix = pattern[^1] == '*';
        var text = isPrefix ? pattern[..^1] : pattern;
        return text.Contains('*', StringComparison.Ordinal) || (text.Length > 0 && !ChannelName.TryParse(text, out _, out _))
            ? throw new ArgumentException($"'{pattern}' is no pattern of channels: a channel's name, or the beginning of one and * at its end.", nameof(pattern))
            : new ChannelPattern(text, isPrefix);
    }

    public bool Matches(ChannelName channel) => _isPrefix ? channel.Value.StartsWith(_text, StringComparison.Ordinal) : channel.Value == _text;

    public override string ToString() => _isPrefix ? _text + "*" : _text;
}
