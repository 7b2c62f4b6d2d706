" Vim syntax file
" Language: mmq, queries of kernel tracepoints
" Filenames: *.mmq
"
" To use it, copy this file to ~/.vim/syntax/mmq.vim, and put into ~/.vim/ftdetect/mmq.vim:
"
"   autocmd BufRead,BufNewFile *.mmq setfiletype mmq
"   autocmd BufRead * if getline(1) =~# '^#!.*\<mmq\>' | setfiletype mmq | endif
"
" Grammar/mmq.ebnf describes the language. Tests/MMQTests/EditorGrammarTests.swift compares the
" words below with the tables in the sources; Tests/Editors/check_editors.py runs this file.

if exists('b:current_syntax')
  finish
endif
let s:cpo_save = &cpo
set cpo&vim

" ---- Words ----

" All keywords, each once, by group.
let s:keywords = {
  \ 'mmqConditional': 'else if',
  \ 'mmqRepeat': 'for unroll while',
  \ 'mmqStatement': 'break continue return',
  \ 'mmqDeclaration': 'config enum import let macro',
  \ 'mmqKeywordOperator': 'sizeof typeof',
  \ 'mmqBoolean': 'false true',
  \ }

" All names of types.
let s:types = ''
  \ . ' bool string float64'
  \ . ' int8 int16 int32 int64 uint8 uint16 uint32 uint64'
  \ . ' int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t'
  \ . ' s8 s16 s32 s64 u8 u16 u32 u64'
  \ . ' char short int long'

" All functions of Builtin.all. They are highlighted before '(' only.
let s:functions = ''
  \ . ' assert bswap buf cat cgroup_path clear delete errorf exit find getopt has_event has_field has_key is_array'
  \ . ' is_integer is_literal is_ptr is_str is_unsigned_integer join kaddr ksym len macaddr ntop'
  \ . ' print printf pton signal_name str str_concat strcap strcontains strerror strftime strlen'
  \ . ' strncmp strstr substr syscall_name system time vmstat warnf zero'

" All variables of Builtin.all, and args.
let s:variables = ''
  \ . ' args buffer cgroup comm cpu elapsed gid is_live jiffies kstack ncpus nsecs numaid observed pid probe'
  \ . ' probetype rand tid uid usermode username'

" All of Aggregation.all. They are highlighted before '(' only.
let s:aggregations = ''
  \ . ' avg count hist lhist max min quantile stats sum tseries'

" A match of any of the words; \ze keeps what stands behind out of it.
function! s:MatchWords(group, words, behind) abort
  execute 'syntax match ' . a:group . ' contained /\<\%(' . join(split(a:words), '\|') . '\)\>'
    \ . a:behind . '/'
endfunction

syntax case match
syntax iskeyword @,48-57,_
syntax sync fromstart

" Where two items match at the same place, the one that is defined last wins.

" ---- Program: what stands outside of all blocks ----

" Attach points have characters of their own. The first part is a provider, in any case, or a
" system.
syntax match mmqAttachPoint /\%([A-Za-z0-9_:*.$+!@?[\]-]\|[^\x01-\x7f]\)\+/ contains=@mmqAttachPart
syntax match mmqAttachSystem /\%([A-Za-z0-9_*.$+!@?[\]-]\|[^\x01-\x7f]\)\+\ze:/ contained
  \ contains=mmqWildcard,mmqCharacterClass,mmqPositional nextgroup=mmqSystemColon
syntax match mmqSystemColon /:/ contained contains=mmqAttachColon nextgroup=mmqAttachEvent
syntax match mmqAttachEvent /\%([A-Za-z0-9_:*.$+!@[\]-]\|[^\x01-\x7f]\)\+/ contained
  \ contains=mmqWildcard,mmqCharacterClass,mmqPositional,mmqAttachColon
syntax match mmqAttachColon /:/ contained
syntax match mmqOptional /?/ contained
syntax match mmqWildcard /\*/ contained
syntax match mmqCharacterClass /\[[^]]*\]/ contained
syntax cluster mmqAttachPart contains=mmqAttachSystem,mmqAttachColon,mmqOptional

let s:end = '\%([A-Za-z0-9_:*.$+!@?[\]-]\|[^\x01-\x7f]\)\@!'
execute 'syntax match mmqAttachSpecial /\c\%(begin\|end\)' . s:end . '/ contains=mmqProvider'
syntax match mmqAttachInterval /\c\<\%(interval\|i\):[A-Za-z0-9_:$]*/
  \ contains=mmqProvider,mmqAttachColon,mmqIntervalNumber,mmqUnit,mmqPositional
syntax match mmqAttachSelf /\c\<self:[A-Za-z0-9_:$]*/
  \ contains=mmqProvider,mmqAttachColon,mmqSignal
syntax match mmqAttachTracepoint /\c\<\%(tracepoint\|t\):\ze[^[:space:]{]*:/ contains=mmqProvider,mmqAttachColon
  \ nextgroup=mmqAttachPoint
syntax match mmqIntervalNumber /\d\+/ contained
syntax match mmqUnit /\C\%(ns\|us\|ms\|s\|m\|h\|d\|hz\)\>/ contained
syntax match mmqSignal /\%(self:\w*:\)\@<=\w\+/ contained
syntax match mmqProvider /\c\<\%(begin\|end\|interval\|i\|tracepoint\|t\|self\)\>/ contained

" What opens another declaration. Their blocks are the next ones.
syntax match mmqConfigWord /\<config\>/ contains=mmqDeclaration
  \ nextgroup=mmqConfigEqual skipwhite skipempty
syntax match mmqConfigEqual /=/ contained nextgroup=mmqConfigBlock skipwhite skipempty
syntax region mmqConfigBlock matchgroup=mmqBrace start=/{/ end=/}/ contained
  \ contains=@mmqComments,mmqString,@mmqNumbers,mmqBoolean,mmqOperator,mmqSetting
syntax match mmqSetting /\<\h\w*\ze\_s*=/ contained
syntax match mmqImportWord /\<import\>/ contains=mmqDeclaration
  \ nextgroup=mmqString skipwhite skipempty
syntax match mmqMacroWord /\<macro\>/ contains=mmqDeclaration
  \ nextgroup=mmqMacroName skipwhite skipempty
syntax match mmqMacroName /\<\h\w*\>/ contained nextgroup=mmqMacroParameters skipwhite skipempty
syntax region mmqMacroParameters matchgroup=mmqDelimiter start=/(/ end=/)/ contained
  \ contains=@mmqComments,mmqVariable,mmqMap,mmqMacroParameter
syntax match mmqMacroParameter /\<\h\w*\>/ contained
syntax match mmqEnumWord /\<enum\>/ contains=mmqDeclaration
  \ nextgroup=mmqEnumName,mmqEnumBlock skipwhite skipempty
syntax match mmqEnumName /\<\h\w*\>/ contained nextgroup=mmqEnumBlock skipwhite skipempty
syntax region mmqEnumBlock matchgroup=mmqBrace start=/{/ end=/}/ contained
  \ contains=@mmqComments,@mmqNumbers,mmqOperator,mmqEnumCase
syntax match mmqEnumCase /\<\h\w*\>/ contained
" let @m = lruhash(N)
syntax match mmqMapWord /\<let\>/ contains=mmqDeclaration nextgroup=mmqDeclaredMap skipwhite skipempty
syntax match mmqDeclaredMap /@\w*/ contained nextgroup=mmqMapEqual skipwhite skipempty
syntax match mmqMapEqual /=/ contained nextgroup=mmqMapKind skipwhite skipempty
syntax match mmqMapKind /\<\h\w*\>/ contained nextgroup=mmqParentheses skipwhite skipempty
" kmem:mm_page_alloc if (args.order > 3); the ';' may be missing: a line that starts like a probe ends
" it, too.
execute 'syntax region mmqBareCondition start=/\<if\>' . s:end . '/'
  \ . ' end=/\ze;\|\ze\n\s*\%(\c\<\%(begin\|end\)\s*[\/{,]\|[A-Za-z0-9_*[\]-]\+:[A-Za-z0-9_*]\)/'
  \ . ' contains=@mmqCode'

" A '/' in a predicate divides, unless '{' follows it: that one ends the predicate.
let s:blank = '\%(\_s\|\/\/.*$\|#.*$\|\/\*\_.\{-}\*\/\)*'
execute 'syntax region mmqPredicate matchgroup=mmqPredicateEdge start=/\/[/*]\@!/'
  \ . ' end=/\/\ze' . s:blank . '{/ contains=@mmqCode'

" ---- Code: blocks, predicates and conditions ----

syntax region mmqBlock matchgroup=mmqBrace start=/{/ end=/}/ contains=@mmqCode fold

syntax cluster mmqComments contains=mmqComment,mmqBlockComment,mmqPreprocessor
syntax cluster mmqNumbers contains=mmqDecimal,mmqOctal,mmqHexadecimal,mmqScaled,mmqFloat,mmqBadNumber
syntax cluster mmqCode contains=@mmqComments,@mmqNumbers,mmqBlock,mmqString,mmqOperator,mmqDelimiter,
  \mmqAccessor,mmqRange,mmqName,mmqNamedMember,mmqDeclaredType,mmqCall,mmqFunction,mmqAggregation,
  \mmqBuiltinVariable,mmqType,mmqEnumType,mmqVariable,mmqMap,mmqPositional,mmqCount,mmqBadVariable,
  \mmqConditional,mmqRepeat,mmqStatement,mmqDeclaration,mmqKeywordOperator,mmqBoolean

syntax match mmqDelimiter /[;,()[\]]/ contained
syntax region mmqParentheses matchgroup=mmqDelimiter start=/(/ end=/)/ contained
  \ contains=@mmqCode,mmqParentheses
" A '/' before '{' divides nothing: it ends a predicate.
syntax match mmqOperator /[-+*%&|^~!=<>?:]/ contained
execute 'syntax match mmqOperator /\/\%(' . s:blank . '{\)\@!/ contained'

syntax match mmqName /\<\h\w*\>/ contained
syntax match mmqCall /\<\h\w*\ze\_s*(/ contained
" Keywords of Vim's own kind win over every match; so these are matches, too.
call s:MatchWords('mmqType', s:types, '')
call s:MatchWords('mmqBuiltinVariable', s:variables, '')
call s:MatchWords('mmqFunction', s:functions, '\ze\_s*(')
call s:MatchWords('mmqAggregation', s:aggregations, '\ze\_s*(')
" (x = 1, name = "two"): in code a name before '=' is a member of a record, or '_'.
syntax match mmqNamedMember /\<\h\w*\ze\_s*=[=~]\@!/ contained
syntax match mmqName /\<_\ze\_s*=[=~]\@!/ contained
" let $x: int32 = 1
syntax match mmqDeclaredType /:\_s*\h\w*\ze\_s*=[=~]\@!/ contained contains=mmqType,mmqOperator
for [s:group, s:words] in items(s:keywords)
  call s:MatchWords(s:group, s:words, '')
endfor
syntax match mmqEnumType /\<enum\_s\+\h\w*/ contained contains=mmqDeclaration

" Behind '.' and '->' any word or number is a member, whatever it means elsewhere.
syntax match mmqAccessor /\.\|->/ contained nextgroup=mmqMember,mmqMemberComment skipwhite skipempty
syntax match mmqMemberComment /\/\*\_.\{-}\*\/\|\/\/.*\|#.*/ contained
  \ nextgroup=mmqMember,mmqMemberComment skipwhite skipempty
syntax match mmqMember /\w\+/ contained
syntax match mmqRange /\.\./ contained

syntax match mmqMap /@\w*/ contained
syntax match mmqBadVariable /\$\w*/ contained
syntax match mmqVariable /\$\h\w*/ contained
syntax match mmqPositional /\$[1-9]\d*\>/ contained
syntax match mmqCount /\$#/ contained

let s:suffix = '\%(\c\%(ull\|llu\|ul\|lu\|ll\|u\|l\)\)\='
let s:suffix_or_unit = '\%([uU]\|[lL]\|[uU][lL]\|[lL][uU]\|[lL][lL]\|[uU][lL][lL]\|[lL][lL][uU]'
  \ . '\|ns\|us\|ms\|s\|m\|h\|d\)\='
syntax match mmqBadNumber /\<\d\w*/ contained
execute 'syntax match mmqDecimal /\<\%(0\|[1-9][0-9_]*\)' . s:suffix_or_unit
  \ . '\>/ contained contains=mmqDuration'
execute 'syntax match mmqOctal /\<0[0-7_]\+' . s:suffix_or_unit
  \ . '\>/ contained contains=mmqDuration'
syntax match mmqDuration /[0-9_]\@1<=\%(ns\|us\|ms\|s\|m\|h\|d\)\>/ contained
execute 'syntax match mmqHexadecimal /\<0[xX]\x[0-9a-fA-F_]*' . s:suffix . '\>/ contained'
syntax match mmqScaled /\<\d[0-9_]*[eE]+\=\d\+\>/ contained
syntax match mmqFloat /\<\d[0-9_]*\.\d[0-9_]*\%([eE][+-]\=\d\+\)\=\>/ contained

syntax region mmqString start=/"/ skip=/\\\\\|\\"/ end=/"/
  \ contains=mmqEscape,mmqBadEscape,mmqConversion
syntax match mmqBadEscape /\\\_./ contained
syntax match mmqEscape /\\\%([ntr"\\]\|\o\{1,3}\|x\x\{1,2}\)/ contained
syntax match mmqConversion
  \ /%\%(%\|[-+ #0]*\d*\%(\.\d*\)\=[hlLqjzt]*\%(gr\|r[xh]\=\|[diouxXcpseEfFgGaA]\)\)/ contained

" ---- Comments ----

syntax keyword mmqTodo TODO FIXME XXX contained
syntax match mmqComment /\/\/.*/ contains=mmqTodo,@Spell
syntax match mmqComment /#.*/ contains=mmqTodo,@Spell
syntax region mmqBlockComment start=+/\*+ end=+\*/+ contains=mmqTodo,@Spell
" C directives are an error of the lexer, not a comment.
syntax match mmqPreprocessor
  \ /^#\%(include *[<"]\|define \+\h\@=\|\%(ifdef\|ifndef\|if\) \|\%(else\|endif\)$\)\@=.*/
syntax match mmqShebang /\%^#!.*/

" ---- Colours ----

highlight default link mmqAttachSystem Structure
highlight default link mmqAttachEvent Identifier
highlight default link mmqProvider PreProc
highlight default link mmqAttachColon Delimiter
highlight default link mmqOptional Special
highlight default link mmqWildcard Special
highlight default link mmqCharacterClass Special
highlight default link mmqIntervalNumber Number
highlight default link mmqUnit Special
highlight default link mmqDuration Special
highlight default link mmqSignal Constant
highlight default link mmqConfigEqual Operator
highlight default link mmqSetting Identifier
highlight default link mmqDeclaredMap Identifier
highlight default link mmqMapEqual Operator
highlight default link mmqMapKind Type
highlight default link mmqMacroName Function
highlight default link mmqMacroParameter Identifier
highlight default link mmqEnumName Type
highlight default link mmqEnumType Type
highlight default link mmqEnumCase Constant
highlight default link mmqPredicateEdge Delimiter
highlight default link mmqBrace Delimiter
highlight default link mmqDelimiter Delimiter
highlight default link mmqConditional Conditional
highlight default link mmqRepeat Repeat
highlight default link mmqStatement Statement
highlight default link mmqDeclaration Keyword
highlight default link mmqKeywordOperator Keyword
highlight default link mmqBoolean Boolean
highlight default link mmqType Type
highlight default link mmqFunction Function
highlight default link mmqAggregation Function
highlight default link mmqBuiltinVariable Identifier
highlight default link mmqMap Identifier
highlight default link mmqVariable Identifier
highlight default link mmqPositional Special
highlight default link mmqCount Special
highlight default link mmqBadVariable Error
highlight default link mmqAccessor Operator
highlight default link mmqRange Operator
highlight default link mmqOperator Operator
highlight default link mmqDecimal Number
highlight default link mmqOctal Number
highlight default link mmqHexadecimal Number
highlight default link mmqScaled Number
highlight default link mmqFloat Float
highlight default link mmqBadNumber Error
highlight default link mmqString String
highlight default link mmqEscape SpecialChar
highlight default link mmqBadEscape Error
highlight default link mmqConversion SpecialChar
highlight default link mmqTodo Todo
highlight default link mmqComment Comment
highlight default link mmqBlockComment Comment
highlight default link mmqMemberComment Comment
highlight default link mmqShebang PreProc
highlight default link mmqPreprocessor Error

unlet s:keywords s:types s:functions s:variables s:aggregations
unlet s:end s:blank s:group s:words s:suffix s:suffix_or_unit
let b:current_syntax = 'mmq'
let &cpo = s:cpo_save
unlet s:cpo_save
