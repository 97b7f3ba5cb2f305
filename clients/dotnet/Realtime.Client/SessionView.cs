using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Client.Protocol;

namespace Realtime.Client;

/// <summary>What the client knows of its session. Changed under the shell's lock.</summary>
internal sealed class SessionView(string? token)
{
    /// <summary>The resume token.</summary>
    public string? Token { get; private set; } = token;

    public ServerFrame.Welcome? Welcome { get; private set; }

    public ImmutableDictionary<string, JsonElement> State { get; private set; } = ImmutableDictionary<string, JsonElement>.Empty;

    public void Attach(ServerFrame.Welcome welcome)
    {
        Welcome = welcome;
        Token = welcome.Session;
        // By name, one after the other: a name that comes twice must not cost the connection, and every next one.
        State = welcome.State is { ValueKind: JsonValueKind.Object } state
            ? ImmutableDictionary<string, JsonElement>.Empty.SetItems(state.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, property.Value)))
            : ImmutableDictionary<string, JsonElement>.Empty;
    }

    public void Set(string key, JsonElement value) =>
        State = value.ValueKind == JsonValueKind.Null ? State.Remove(key) : State.SetItem(key, value);
}
