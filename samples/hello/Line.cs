using System.ComponentModel.DataAnnotations;

namespace Hello;

internal sealed record Line([property: StringLength(200, MinimumLength = 1)] string Text);
