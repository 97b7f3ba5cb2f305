using System.Text.Json;
using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>The waiting end of a request, whatever its answer is.</summary>
internal interface IPending
{
    void Answer(JsonElement body);

    void Refuse(Fault fault);
}
